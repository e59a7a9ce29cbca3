# `make run` and `make test` are all a newcomer needs: each sets itself up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: setup run test cover test-all check bench sample

run: $(VENV)/.ready
	$(BIN)/safer-spaces demo

setup: $(VENV)/.ready-to-develop

test: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not long"

cover: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not long" --cov --cov-report=term:skip-covered

# A browser that shares two cores with its server loses a press now and then, as a person's does: a journey that fails is walked once more,
# by itself and from the start. Only one that fails twice has failed; both are in the report.
test-all: setup
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "long and not browser"
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "long and browser" || \
	  $(BIN)/python -m pytest -m "long and browser" --last-failed --last-failed-no-failures none
	$(BIN)/python -m bench --small

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/mypy.ini tests bench sample_data
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m bench

sample: setup
	$(BIN)/python -m sample_data.make

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Safer Spaces needs Python 3.11 or newer.")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.ready-to-develop: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(VENV)/.ready $@
