# What one needs is Python 3.11 or newer; each target makes the rest itself.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && exit; done; echo python3)
ARGS ?=
WORKERS ?= 2
NEO4J_DATA ?= .luoshu/neo4j
NEO4J_PORT ?= 7687
NEO4J_HEAP ?= 1g

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
PROJECT := $(PIP) --no-index --no-deps --no-build-isolation --editable .

.PHONY: help run test check format schema neo4j bench lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: .venv/runtime ## load the sample city and its plan (once), then serve on LUOSHU_HOST:LUOSHU_PORT
	@$(BIN)/luoshu run $(ARGS)

test: .venv/development ## run every test, WORKERS at once; a real Neo4j is started where Java and Maven are
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: .venv/development ## lint, format, types, layers, and what is written down against what the code says
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@for pair in "schema schema.graphql" "ontology docs/ontology.md"; do set -- $$pair; \
		echo "luoshu export-$$1 against $$2"; \
		$(BIN)/luoshu export-$$1 > .venv/exported || exit 1; \
		diff -u $$2 .venv/exported || { echo "$$2 is not what the code says: run 'make schema' and look at the change" >&2; exit 1; }; \
	done

format: .venv/development ## repair what the linter can, and format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

schema: .venv/development ## write schema.graphql and docs/ontology.md from the code
	@mkdir -p docs
	$(BIN)/luoshu export-schema > .venv/exported && cp .venv/exported schema.graphql
	$(BIN)/luoshu export-ontology > .venv/exported && cp .venv/exported docs/ontology.md

neo4j: .venv/runtime ## run a Neo4j on port NEO4J_PORT with its data in NEO4J_DATA, without Docker (needs a JDK and Maven)
	@$(BIN)/python -m tests.neo4j.process --data $(NEO4J_DATA) --port $(NEO4J_PORT) --heap $(NEO4J_HEAP)

bench: .venv/development ## measure the figures of docs/performance.md
	@$(BIN)/python -m tests.bench $(ARGS)

lock: .venv/development ## write the lock files anew from pyproject.toml, with the newest versions that fit
	@set -e; for lock in "requirements.lock --group build" \
			"requirements-dev.lock --group build --group dev --constraint requirements.lock"; do \
		set -- $$lock; file=$$1; shift; \
		$(BIN)/uv --no-config pip compile pyproject.toml "$$@" --output-file $$file --upgrade --quiet \
			--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
			--custom-compile-command "make lock"; \
		echo "$$file: $$(grep -c == $$file) packages"; \
	done

clean: ## remove the environment and the caches; data in .luoshu stay
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Luoshu needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo "not there")." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) has no venv module: install it (Debian and Ubuntu: apt install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -m venv --clear .venv

.venv/runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Luoshu needs into .venv (once, about a minute) …"
	@$(PIP) --require-hashes --requirement requirements.lock
	@$(PROJECT)
	@touch $@

.venv/development: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Luoshu and its tests need into .venv (once, about a minute) …"
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@$(PROJECT)
	@touch $@ .venv/runtime
