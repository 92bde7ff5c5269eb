"""A real Neo4j on this machine: started, stopped, killed and started again on the same data.

python -m tests.neo4j.process --data .luoshu/neo4j --port 7687
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from tests.neo4j.jars import HERE, Neo4jMissing, find_jars, find_java

PATIENCE = 120.0
# Half the processor time to start: compiled code for long runs is not worth its price in a short one.
QUICK_START = ("-XX:TieredStopAtLevel=1",)
# The magic number of Bolt, then four ranges of versions: 5.8 down to 5.0, and three times none.
BOLT_HANDSHAKE = bytes.fromhex("6060b017 00080805 00000000 00000000 00000000")


class Neo4jFailed(Exception):
    """Neo4j did not start, with the last lines that it printed."""


class Neo4jProcess:
    """One Neo4j server process on 127.0.0.1, without authentication unless a password is given.

    The port stays the same over restarts, so that a client may find the server again. The server ends with the process
    that started it, even one that was killed.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        heap: str = "1g",
        password: str | None = None,
        jvm_options: tuple[str, ...] = (),
    ) -> None:
        self.data = data
        self.port = port or free_port()
        self.heap = heap
        self.password = password
        self.jvm_options = jvm_options
        self.banner = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        """The address for a driver."""
        return f"bolt://127.0.0.1:{self.port}"

    @property
    def auth(self) -> tuple[str, str] | None:
        """The credentials for a driver, None where there is no authentication."""
        return ("neo4j", self.password) if self.password else None

    @property
    def output(self) -> Path:
        """The file with what the process printed since its latest start."""
        return self.data / "process.log"

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The number of the process, None when it does not run."""
        return self._process.pid if self._process is not None and self.is_running else None

    def start(self) -> Self:
        """This process, answering; nothing happens if it already runs.

        Raises Neo4jMissing if there is nothing to run it with, Neo4jFailed if it ends or is silent for two minutes.
        """
        if self.is_running:
            return self
        java, jars = find_java(), find_jars()
        self.data.mkdir(parents=True, exist_ok=True)
        command = [
            str(java),
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            f"-Xmx{self.heap}",
            "-XX:+UseSerialGC",
            *self.jvm_options,
            "-cp",
            f"{jars}/*",
            str(HERE / "StartNeo4j.java"),
            str(self.data),
            str(self.port),
            "--while-stdin-is-open",
        ]
        environment = {name: value for name, value in os.environ.items() if name != "NEO4J_PASSWORD"}
        if self.password:
            environment["NEO4J_PASSWORD"] = self.password
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                # An interrupt at the terminal is for us alone: we stop the server when nothing needs it any more.
                start_new_session=True,
            )
        self._wait_until_ready()
        return self

    def stop(self) -> None:
        """Ends the process in order; returns when it is gone."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the process at once, as a loss of power would (SIGKILL); returns when it is gone."""
        self._end(signal.SIGKILL)

    def restart(self) -> Self:
        """This process, stopped in order and answering again on the same port with the same data."""
        self.stop()
        return self.start()

    def wait(self) -> int:
        """The exit code, once the process ends by itself."""
        if self._process is None:
            return 0
        return self._process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            printed = self.output.read_text(errors="replace").splitlines()
            ready = next((line for line in printed if line.startswith("READY ")), None)
            if ready and _bolt_answers(self.port):
                self.banner = ready.removeprefix("READY ")
                return
            if not self.is_running:
                break
            time.sleep(0.1)
        self.kill()
        last = "\n".join(self.output.read_text(errors="replace").splitlines()[-12:])
        raise Neo4jFailed(f"Neo4j did not start on port {self.port} with the data in {self.data}:\n{last}")

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _bolt_answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(BOLT_HANDSHAKE)
            return connection.recv(4) not in (b"", b"\0\0\0\0")
    except OSError:
        return False


def main() -> int:
    """The exit code of a Neo4j run in the foreground until it is interrupted."""
    parser = argparse.ArgumentParser(description="Runs a Neo4j Community server on 127.0.0.1 until interrupted.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the data, made if it is not there")
    parser.add_argument("--port", type=int, default=7687, help="port of Bolt, 0 for any that is free")
    parser.add_argument("--heap", default="1g", help="largest Java heap")
    options = parser.parse_args()
    password = os.environ.get("LUOSHU_NEO4J_PASSWORD")
    server = Neo4jProcess(options.data, port=options.port, heap=options.heap, password=password)
    # A polite end by a supervisor is an interrupt like that of the keyboard, which a shell's background job ignores.
    for interrupt in (signal.SIGTERM, signal.SIGINT):
        signal.signal(interrupt, signal.default_int_handler)
    print("Starting Neo4j …", flush=True)
    try:
        with server:
            access = "user neo4j, password in LUOSHU_NEO4J_PASSWORD" if password else "no authentication"
            print(f"{server.banner} ({access}), process {server.pid}, data in {options.data}", flush=True)
            print("Ctrl-C stops it.", flush=True)
            return server.wait()
    except KeyboardInterrupt:
        print("Neo4j stopped.")
        return 0
    except (Neo4jMissing, Neo4jFailed) as failure:
        print(failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
