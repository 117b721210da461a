# Everything that people and CI run. `make` alone lists it.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
RUN := $(BIN)/python -m
STAMP := $(VENV)/.installed
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-jit check test-long lint types layers slow format golden docs fidelity bench clean

help: ## list what there is
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -e 's/:.*## /\t/' | expand -t 12

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(RUN) pip install --quiet --upgrade pip
	$(RUN) pip install --quiet --editable '.[dev]'
	@touch $(STAMP)

setup: $(STAMP) ## make a virtual environment with everything in it

demo: $(STAMP) ## show a path that works and one that does not, explained
	@echo '$$ netreach path fixtures/three-tier app-1 internet --port 443'
	@$(RUN) netreach path fixtures/three-tier app-1 internet --port 443
	@echo
	@echo '$$ netreach path fixtures/three-tier web-1 db-1 --port 5432'
	@$(RUN) netreach path fixtures/three-tier web-1 db-1 --port 5432 || test $$? -eq 3

test: $(STAMP) ## run the tests
	$(RUN) pytest -q -n $(WORKERS) --dist worksteal -m 'not slow and not long'

test-jit: $(STAMP) ## run the tests of what has kernels with all of them compiled
	$(RUN) pytest -q -n $(WORKERS) --dist worksteal --jit -m 'not long' tests/unit/packets tests/unit/fabric tests/unit/query tests/property

slow: $(STAMP) ## run the slow end-to-end tests
	$(RUN) pytest -q -n $(WORKERS) --dist worksteal -m slow

lint: $(STAMP) ## look for what does not belong
	$(RUN) ruff check .
	$(RUN) ruff format --check .

types: $(STAMP) ## check the types
	$(RUN) mypy

layers: $(STAMP) ## check that imports go one way
	$(BIN)/lint-imports

check: lint types layers test test-jit slow ## all that CI runs

test-long: $(STAMP) ## run the long property profile
	NETREACH_PROFILE=long $(RUN) pytest -q -m long

format: $(STAMP) ## put the code in order
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

golden: $(STAMP) ## rewrite the golden files; then read their diff
	$(RUN) pytest -q --update-golden tests/unit tests/scenarios

docs: $(STAMP) ## rewrite the pages that are generated
	$(RUN) netreach.present.code_page > docs/codes.md
	$(RUN) netreach.sources.yaml_estate.forms > netreach/sources/estate.schema.json

fidelity: $(STAMP) ## score the verdicts against measured and public cases
	$(RUN) tests.fidelity

bench: $(STAMP) ## measure
	$(RUN) pip install --quiet --editable '.[bench]'
	$(RUN) tests.benchmarks.bench_path
	$(RUN) tests.benchmarks.bench_longest_prefix
	$(RUN) tests.benchmarks.bench_matrix

clean: ## throw away what was made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
