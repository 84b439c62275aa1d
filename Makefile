# Everything a newcomer or CI calls. Each target sets up what it needs inside .venv; nothing is installed elsewhere.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: help demo script install test check format bench counts screenshots lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(INSTALLED): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Switchboard needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Setting up .venv; this takes about a minute."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

install: $(INSTALLED)  ## set up .venv from the hashed requirements files

demo: $(INSTALLED)  ## talk to the real bot in a browser, in the bundled sandbox: no account, no token, no network
	$(BIN)/python -m sandbox

script: $(INSTALLED)  ## the same without a browser: play a conversation, and check every answer
	$(BIN)/python -m sandbox --script

# Where this is set, three workers and some hundred processes each compile every module anew.
test: export PYTHONDONTWRITEBYTECODE =

test: $(INSTALLED)  ## run the whole test suite
	$(BIN)/python -m pytest

check: $(INSTALLED)  ## format, lint, types, layer rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_layers.py

format: $(INSTALLED)  ## rewrite the sources as `make check` wants them
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(INSTALLED)  ## the benchmarks, a quarter of an hour: each figure beside its bound, as a table, JSON and pictures in build/bench
	$(BIN)/python -m bench

counts: $(INSTALLED)  ## the benchmarks' short form: fails where a count got worse; times are only shown
	$(BIN)/python -m bench --short

screenshots: $(INSTALLED)  ## the README's pictures, taken from the running page; needs Chromium
	$(BIN)/python -m tests.sandbox.page.screenshots

lock: $(INSTALLED)  ## compile pyproject.toml into the hashed requirements files
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt

clean:  ## remove what the targets made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build
