# The researchers' door. `make help` lists what it does.
#
# Documents are no prerequisites here: names with spaces, copies with old dates and removals would
# be missed. Whenever make starts for a goal that builds, it has $(INPUTS) rewritten if any input
# of the study differs in path or content; the first stage depends on that file. Each stage's
# command then decides per review, by fingerprint, what there is to do.

STUDY   ?= corpus
OUTPUTS ?= outputs/$(notdir $(abspath $(STUDY)))
ENGINE  ?= processes

PYTHON3 ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(shell command -v $(p))))
BIN     := .venv/bin
DHR     := $(BIN)/dhr
STAMPS  := $(OUTPUTS)/stamps
INPUTS  := $(OUTPUTS)/private/inputs
READY   := .venv/ready
WITH    := --study "$(STUDY)" --outputs "$(OUTPUTS)" --engine $(ENGINE)
# Reviews that are set aside (exit code 1) are printed; they do not fail the build. Leaks in the
# tables (exit code 6) do.
TOLERANT = || [ $$? -eq 1 ]

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all example evaluate setup test check lint types clean lock help

BUILDING := $(if $(MAKECMDGOALS),$(filter all $(STAMPS)/%,$(MAKECMDGOALS)),all)
ifneq ($(BUILDING),)
  ifneq ($(words $(STUDY)) $(words $(OUTPUTS)),1 1)
    $(error make cannot take a STUDY or OUTPUTS with spaces; use `dhr run --study DIR --outputs DIR`)
  endif
  $(shell $(or $(wildcard $(BIN)/python),$(PYTHON3)) -m pipeline.inputs "$(STUDY)" "$(INPUTS)")
  ifneq ($(filter-out 0,$(.SHELLSTATUS)),)
    $(error the inputs of $(STUDY) cannot be listed)
  endif
endif

all: $(STAMPS)/aggregate ## Build the theme tables of the study in corpus/ (or STUDY=folder)

$(STAMPS)/extract: $(READY) $(INPUTS)
$(STAMPS)/redact: $(STAMPS)/extract
$(STAMPS)/tag: $(STAMPS)/redact
$(STAMPS)/topics: $(STAMPS)/redact
$(STAMPS)/aggregate: $(STAMPS)/tag $(STAMPS)/topics

$(STAMPS)/%:
	@$(DHR) $* $(WITH) $(TOLERANT)
	@mkdir -p $(@D) && touch $@

example: ## Build the fictional example study and show its theme table
	@$(MAKE) --no-print-directory all STUDY=corpus/example OUTPUTS=outputs/example
	@echo
	@echo "outputs/example/tables/prevalence.csv (themes):"
	@grep -E '^(level|theme),' outputs/example/tables/prevalence.csv
	@echo "All tables: outputs/example/tables   Look at: outputs/example/tables/report.html"

evaluate: example ## Measure the example study against its gold, held-out reviews apart
	@$(DHR) evaluate --study corpus/example --outputs outputs/example

setup: $(READY) ## Make .venv with everything that building and testing need

$(READY): requirements-setup.lock requirements-dev.lock pyproject.toml
	@[ -n "$(PYTHON3)" ] && $(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed; install it, or name it: make PYTHON3=/path/to/python3"; exit 1; }
	@echo "setting up .venv (once)"
	@$(PYTHON3) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

test: $(READY) ## Run all tests
	@$(BIN)/python -m pytest

lint: $(READY) ## Check style and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

types: $(READY) ## Check types
	@$(BIN)/mypy

check: lint types test ## Everything that must pass before a change goes in

clean: ## Remove outputs; a study's own files are never touched
	@find outputs -mindepth 1 -maxdepth 1 ! -name .gitkeep -exec rm -rf {} +

lock: $(READY) ## Resolve the lock files anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group pyproject.toml:setup -o requirements-setup.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-9s %s\n", $$1, $$2}' Makefile
