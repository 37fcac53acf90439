# Plenary: `make up` runs the product, `make test` proves it. Everything else is for those who change it.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
PORT ?= 8000
# Modules are compiled once and kept beside their source, also where the environment says otherwise: dozens of processes load them.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup up test check bench drill lock programs

help:          ## what there is to do
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

setup: .venv/installed   ## make .venv and install what is pinned

.venv/installed: requirements-dev.txt scripts/make_venv.sh
	@bash scripts/make_venv.sh
	@touch $@

up: setup      ## run the product until Ctrl-C
	@$(BIN)/python manage.py up --port $(PORT)

programs:
	@bash scripts/install_for_tests.sh

test: setup programs  ## all tests, in parallel
	@$(BIN)/python -m pytest -n $${PLENARY_TEST_WORKERS:-2} --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup   ## linters, types, contracts, migrations, architecture
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash scripts/check.sh

bench: setup   ## pages a second beside bare views, then letters, sending, one click and the weekly, each beside its limits
	@for each in bench bench.letters bench.sending bench.one_click bench.weekly; do $(BIN)/python -m $$each || exit 1; done

drill: setup   ## fault tests at real length; output is kept in docs/drills
	@PLENARY_DRILL=1 $(BIN)/python -m pytest tests/drills -p no:randomly $(ARGS)

lock:          ## pin again after a change of pyproject.toml (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-strip-extras -q -o requirements.txt
	uv pip compile pyproject.toml --extra embedded --extra dev --universal --generate-hashes --no-header --no-strip-extras -q -o requirements-dev.txt
