FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/luoshu
# Alone, so that a change of our own code does not fetch the packages again.
COPY requirements.lock .
RUN /opt/luoshu/bin/pip install --require-hashes --only-binary :all: --requirement requirements.lock
COPY pyproject.toml README.md LICENSE server.py ./
COPY graph graph
COPY schema schema
COPY loaders loaders
COPY queries queries
RUN /opt/luoshu/bin/pip install --no-index --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --uid 10001 --no-log-init --create-home --home-dir /var/lib/luoshu --shell /usr/sbin/nologin luoshu
COPY --from=build /opt/luoshu /opt/luoshu
ENV PATH=/opt/luoshu/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LUOSHU_HOST=0.0.0.0 \
    LUOSHU_PORT=8000 \
    LUOSHU_STORE=sqlite:////var/lib/luoshu/luoshu.db \
    LUOSHU_DATA_DIR=/var/lib/luoshu
USER luoshu
WORKDIR /var/lib/luoshu
VOLUME /var/lib/luoshu
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['LUOSHU_PORT']}/healthz\", timeout=4)"]
ENTRYPOINT ["luoshu"]
CMD ["serve"]
