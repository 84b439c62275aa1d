# Everything a newcomer or CI calls. Each target sets up what it needs inside .venv; nothing is installed elsewhere.
PYTHON ?= python3
WORKERS ?= 3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
RUNNING := .venv/.installed
DEVELOPING := .venv/.installed-dev
JUDGES := build/judges/installed
DISCORDJS := build/clients/discord.js/installed
DEPLOY := build/deploy/installed
CLIENTS := $(patsubst tests/clients/requirements/%.txt,build/clients/%/installed,$(wildcard tests/clients/requirements/*.txt))

# If this is set, every process compiles every module again.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help demo script install test slow pythons check format architecture providers bench counts screenshots lock clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

# If .venv leads to a Python that is gone, nothing in it counts.
$(shell [ -x $(BIN)/python ] || rm -f $(RUNNING) $(DEVELOPING))

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Switchboard needs Python 3.11 or newer; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version)."
	@$(PYTHON) -m venv --clear .venv || { rm -rf .venv; exit 1; }

$(RUNNING): requirements.txt requirements-uv.txt | $(BIN)/python
	@echo "Installing what running needs into .venv."
	@$(BIN)/python -m scripts.install requirements.txt
	@touch $@

$(DEVELOPING): requirements-dev.txt $(RUNNING)
	@echo "Installing what tests and checks need into .venv."
	@$(BIN)/python -m scripts.install requirements-dev.txt
	@touch $@

# What the slow tests need of npm, in the lock files' versions. Without it those tests are skipped, and say so.
$(JUDGES): tests/text/judges/package-lock.json
$(DISCORDJS): tests/clients/requirements/discord.js/package-lock.json
$(JUDGES) $(DISCORDJS):
	@mkdir -p $(@D) && cp $(<D)/package*.json $(@D)
	@npm ci --prefix $(@D) --no-audit --no-fund --silent && touch $@ || { echo "npm cannot install what $(<D) names." >&2; [ -z "$$CI" ]; }

# Other libraries for Discord, each in an environment of its own, for the slow tests of the sandbox; skipped likewise.
build/clients/%/installed: tests/clients/requirements/%.txt requirements-uv.txt | $(BIN)/python
	@$(BIN)/python -m venv --clear build/clients/$*
	@build/clients/$*/bin/python -m scripts.install $< && touch $@ || { echo "$* cannot be installed." >&2; [ -z "$$CI" ]; }

install: $(RUNNING)  ## set up .venv with what running needs, from the hashed requirements files

demo: $(RUNNING)  ## talk to the real bot in a browser, in the bundled sandbox: no account, no token, no network
	$(BIN)/python -m sandbox

script: $(RUNNING)  ## the same without a browser: play a conversation, and check every answer
	$(BIN)/python -m sandbox --script

# What judges the files in deploy/, likewise.
$(DEPLOY): tests/deploy/requirements.txt requirements-uv.txt | $(BIN)/python
	@$(BIN)/python -m venv --clear build/deploy
	@build/deploy/bin/python -m scripts.install $< && touch $@ || { echo "What $< names cannot be installed." >&2; [ -z "$$CI" ]; }

test: $(DEVELOPING)  ## run all tests but the slow ones
	$(PYTEST) -n $(WORKERS) --dist worksteal -m 'not slow'

slow: $(DEVELOPING) $(JUDGES) $(CLIENTS) $(DISCORDJS) $(DEPLOY)  ## run the slow tests
	$(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m slow

pythons: $(DEVELOPING)  ## run a part of the tests on each supported Python that this machine has
	$(BIN)/python -m scripts.pythons -n $(WORKERS) --dist worksteal

check: $(DEVELOPING)  ## format, lint, types, layer rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m mypy
	$(PYTEST) tests/test_layers.py

format: $(DEVELOPING)  ## rewrite the sources as `make check` wants them
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

architecture: $(DEVELOPING)  ## draw docs/architecture.md again, from the code's own imports
	$(BIN)/python -m scripts.architecture

providers: $(DEVELOPING)  ## play every fault of every chat API, and write what the asker reads into docs/providers.md
	$(BIN)/python -m scripts.provider_table

bench: $(DEVELOPING)  ## the benchmarks, half an hour: each figure beside its bound, as a table, JSON and pictures in build/bench
	$(BIN)/python -m bench

counts: $(DEVELOPING)  ## the benchmarks' short form: fails if a count got worse; times are only shown
	$(BIN)/python -m bench --short

screenshots: $(DEVELOPING)  ## the README's pictures, taken from the running page; needs Chromium
	$(BIN)/python -m tests.sandbox.page.screenshots

# Asks the package index that uv is set up for, not pip's: a mirror that lacks some platforms' files would lose their hashes.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

lock: $(RUNNING)  ## compile pyproject.toml into the hashed requirements files
	$(LOCK) --group pyproject.toml:uv -o requirements-uv.txt
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) --group pyproject.toml:deploy -o tests/deploy/requirements.txt
	@for client in hikari disnake nextcord py-cord; do \
		$(LOCK) --group pyproject.toml:$$client -o tests/clients/requirements/$$client.txt || exit; \
	done

clean:  ## remove what the targets made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build
