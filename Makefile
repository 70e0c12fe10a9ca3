# Everything one does here by hand. Each target first brings .venv up to date with the hashed lock.

PYTHON ?= python3
WORKERS ?= 2
UPGRADE ?=
SEEDS ?= 10
FROM ?= $(shell date +%s)

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade)

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo run test test-fast proof check format screenshots bench mutants audit lock install clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

demo: install ## See it work: three calls played on this machine, in a minute and a half
	@$(BIN)/hotline demo $(ARGS)

run: install ## Open the phone lab: that made-up world, to try by hand until Ctrl-C
	@$(BIN)/hotline run $(ARGS)

test: install ## Run every test: on SQLite, on PostgreSQL and in a browser when there is one
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-fast: install ## Run the everyday tests, on SQLite: not PostgreSQL, the browser, journeys and what is slow
	@$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not slow and not browser and not postgresql" $(ARGS)

proof: install ## Live through SEEDS=10 random histories, with crashes and several workers
	@HOTLINE_PROOF_FROM=$(FROM) HOTLINE_PROOF_SEEDS=$(SEEDS) $(BIN)/pytest -vv tests/proof tests/sla/test_histories.py $(ARGS)

check: install ## Check style, types, layers and security, without running anything
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@said=$$($(BIN)/lint-imports --no-logo --no-cache) || { echo "$$said"; exit 1; }
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive hotline routing sla
	@echo "Checked: style, types, layers, security."

format: install ## Format the code and repair what can be repaired
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

screenshots: install ## Take the pictures of docs/pictures again
	@HOTLINE_PICTURES=1 $(BIN)/pytest tests/web/browser/test_pictures.py $(ARGS)

bench: install ## Measure what docs/performance.md claims
	@$(BIN)/python -m bench $(ARGS)

mutants: install ## Change sla in a thousand small ways and see whether its tests notice (docs/mutants.md)
	@$(BIN)/python -m tests.support.mutants build/mutants
	@cd build/mutants && ../../$(BIN)/mutmut run --max-children $(WORKERS) $(ARGS) && ../../$(BIN)/mutmut results

audit: install ## Ask the public advisories about every locked package (needs the network)
	@$(BIN)/pip-audit --disable-pip --require-hashes --requirement dev.lock

lock: install ## Write the locks again after a change in pyproject.toml (UPGRADE=1: newest versions)
	@$(COMPILE) pyproject.toml --group dev --output-file dev.lock
	@$(COMPILE) pyproject.toml --constraint dev.lock --output-file requirements.lock
	@echo uv | $(COMPILE) - --output-file bootstrap.lock
	@$(MAKE) install

install: $(INSTALLED) ## Bring .venv up to date (the other targets do it by themselves)

# uv installs in a quarter of the time; pip remains for machines where uv cannot be had or finds no
# packages, because it does not read pip's settings.
$(INSTALLED): dev.lock bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Hotline needs Python 3.11 or newer; say which: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python has no venv; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@test -x $(BIN)/pip || { echo "Making $(VENV) ..."; $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing what dev.lock names ..."
	@{ $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement bootstrap.lock \
	    && $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement dev.lock \
	    && $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .; } \
	  || { echo "uv could not; trying pip, which takes two minutes ..."; \
	       $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement dev.lock \
	    && $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .; }
	@touch $@

clean: ## Remove everything that can be made again, .venv too
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
