# Two commands do everything from an empty machine: `make demo` and `make test`. The others are for people who work on it.
SHELL := /bin/bash
PY := .venv/bin/python
export DAGSTER_HOME ?= $(CURDIR)
export SSN_HOME ?= $(CURDIR)/data
export DAGSTER_DISABLE_TELEMETRY := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := 0
DBT := .venv/bin/dbt --no-version-check
DBT_PATHS := --project-dir dbt_project --profiles-dir dbt_project
DBT_FILES := $(shell find dbt_project -path dbt_project/target -prune -o -type f -print 2>/dev/null)

.PHONY: help setup demo test dev serve check format bench bench-bank bench-match bench-serve prove docs clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 14

setup: .venv/.installed dbt_project/target/manifest.json ## .venv with the locked packages, dbt project parsed

.venv/.installed: requirements.lock pyproject.toml
	@PY="$$(command -v python3.11 || command -v python3)"; \
	if command -v uv >/dev/null; then UV=uv; test -x $(PY) || uv venv -q --python "$$PY" --no-python-downloads .venv; \
	else test -x $(PY) || "$$PY" -m venv .venv || { echo "Python 3.11 with venv is needed: apt-get install python3-venv" >&2; exit 1; }; \
	test -x .venv/bin/uv || $(PY) -m pip install -q --disable-pip-version-check uv; UV=.venv/bin/uv; fi; \
	echo "Installing the locked packages into .venv (once, about a minute) ..."; \
	$$UV pip sync -q --python $(PY) --require-hashes --compile-bytecode requirements.lock && \
	$$UV pip install -q --python $(PY) --no-deps --compile-bytecode -e .
	@$(PY) -m compileall -q ssn_assets
	@touch $@

dbt_project/target/manifest.json: .venv/.installed $(DBT_FILES)
	@SSN_WAREHOUSE=ssn.duckdb $(DBT) -q parse $(DBT_PATHS) --log-path dbt_project/target
	@touch $@

demo: setup ## demo city in ./data, whole lineage, demo operators and bank, and again
	@.venv/bin/ssn demo --tour

test: setup ## all tests
	@$(PY) -m pytest -q -n 2

dev: setup ## Dagster UI on http://127.0.0.1:3000
	@PYTHONWARNINGS='ignore:Function `dev_command`' .venv/bin/dagster dev -w workspace.yaml -h 127.0.0.1

serve: setup ## the lookup service on http://127.0.0.1:8080
	@.venv/bin/ssn serve

check: setup ## format, lint, types, SQL, definitions
	@.venv/bin/ruff format --check ssn_assets tests deploy
	@.venv/bin/ruff check ssn_assets tests deploy
	@.venv/bin/mypy
	@.venv/bin/sqlfluff lint -q dbt_project/models dbt_project/tests
	@PYTHONWARNINGS='ignore:Function `definitions_validate_command`' .venv/bin/dagster definitions validate -w workspace.yaml --log-level error

format: setup ## rewrite in the house format
	@.venv/bin/ruff check -q --fix ssn_assets tests deploy; .venv/bin/ruff format -q ssn_assets tests deploy
	@.venv/bin/sqlfluff fix -q dbt_project/models || true

bench: setup ## time and memory against the bare floor, at city size
	@$(PY) -m tests.bench.bench

bench-match: setup .venv-rivals/.installed ## the matching against Splink, recordlinkage, pandas and the ministry's rule
	@$(PY) -m tests.bench.match

.venv-rivals/.installed: tests/bench/rivals.txt
	@UV="$$(command -v uv || echo .venv/bin/uv)"; test -x "$$UV" || { $(PY) -m pip install -q --disable-pip-version-check uv; }; \
	test -x .venv-rivals/bin/python || $$UV venv -q --python $(PY) .venv-rivals; \
	$$UV pip sync -q --python .venv-rivals/bin/python --require-hashes --compile-bytecode tests/bench/rivals.txt
	@touch $@

bench-serve: setup ## the lookup service against a bare ASGI app and the tutorial stack
	@$(PY) -m tests.bench.serve

bench-bank: setup ## cards, payments and answers of a city against a bare script
	@$(PY) -m tests.bench.bank

prove: setup ## the long proofs at full count
	@$(PY) -m tests.prove.checker
	@$(PY) -m tests.prove.bank_kills
	@$(PY) -m tests.prove.kills
	@$(PY) -m tests.prove.fire
	@$(PY) -m tests.prove.answers

docs: setup ## dbt docs as one static file: dbt_project/target/static_index.html
	@mkdir -p "$(SSN_HOME)/gudang" && SSN_WAREHOUSE="$(SSN_HOME)/gudang/ssn.duckdb" $(DBT) -q docs generate --static $(DBT_PATHS)
	@echo "dbt_project/target/static_index.html"

lock: ## requirements.lock anew from pyproject.toml
	@.venv/bin/uv pip compile -q pyproject.toml --group dev --extra postgres --universal --generate-hashes --python-version 3.11 --no-header --no-annotate -o requirements.lock

lock-rivals: ## tests/bench/rivals.txt anew from rivals.in
	@.venv/bin/uv pip compile -q tests/bench/rivals.in --universal --generate-hashes --python-version 3.11 --no-header --no-annotate -o tests/bench/rivals.txt

clean: ## forget the demo home and what was parsed (not .venv)
	@rm -rf data dbt_project/target
