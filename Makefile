# Everything runs in a local .venv. Needs python3 (>= 3.11) with venv, and make.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.set-up

# Compiled modules are kept: every start of a program is twice as fast, and tests start many.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test quick check bench browser softhsm tour

help:  ## what there is
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

setup: $(STAMP)  ## make .venv and install Satu into it
	@:

$(STAMP): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "satu needs Python 3.11 or newer as $(PYTHON)" >&2; exit 1; }
	@$(PYTHON) -m venv .venv 2>/dev/null || \
		{ echo "$(PYTHON) has no venv: install it (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv
	@$(BIN)/uv sync -q --frozen --all-extras --group dev --inexact --compile-bytecode
	@touch $@

demo: setup  ## a simulated morning of Jakarta with a live page
	@$(BIN)/satu demo

test: setup browser softhsm  ## all tests but the benches
	@$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder tests --ignore tests/bench

quick: setup  ## unit tests alone
	@$(BIN)/python -m pytest tests/unit

browser: setup
	@$(BIN)/python tests/browsers.py

softhsm: setup
	@$(BIN)/python tests/softhsm.py

tour: setup browser  ## the tour's pictures, anew
	@SATU_TOUR=1 $(BIN)/python -m pytest -q tests/browser/test_tour.py

check: setup  ## format, lint, types, layers, migrations, house rules
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest tests/test_tidy.py tests/test_migrations.py

bench: setup  ## measure the ledger, uploads, single taps, fares and re-rating
	@$(BIN)/satu bench ledger --json
	@$(BIN)/satu bench upload --json
	@$(BIN)/satu bench taps --json
	@$(BIN)/satu bench fares --json
	@$(BIN)/satu bench rerate --json
