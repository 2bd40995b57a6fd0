# Two commands do everything: make demo, make test. See README.md.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PORT ?= 8000
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.stamp
APT := $(shell [ "$$(id -u)" = 0 ] && echo apt-get || echo sudo apt-get)
PG := $(wildcard /usr/lib/postgresql/*/bin/initdb)
export STAMTAFEL_DEVELOPMENT ?= yes

.PHONY: help demo test test-faults test-channels fakes check fmt bench build lock messages lint types layers unit postgres browser durability system system-channels screenshots clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

demo: $(STAMP)/runtime build ## set up everything and serve the demo municipality on http://127.0.0.1:8000 (PORT=…)
	@$(VENV)/bin/stamtafel demo --port $(PORT)

test: $(STAMP)/dev build system lint types layers unit postgres durability browser ## everything that CI checks
	@echo "All checks passed."

test-channels: $(STAMP)/dev system-channels ## our channels at real servers of networks, on loopback
	@$(VENV)/bin/pytest -q -m real tests/channels_real

check: $(STAMP)/dev build lint types layers unit ## the fast part: lint, types, layers, unit tests on SQLite

fmt: $(STAMP)/dev ## format and sort
	@$(VENV)/bin/ruff format -q src tests benchmarks scripts
	@$(VENV)/bin/ruff check -q --fix src tests benchmarks scripts || true

bench: $(STAMP)/dev build ## every figure of docs/performance.md
	@$(PY) -m benchmarks

lint:
	@$(VENV)/bin/ruff check src tests benchmarks scripts
	@$(VENV)/bin/ruff format --check -q src tests benchmarks scripts
	@npm run -s types

types:
	@$(VENV)/bin/mypy

layers:
	@$(VENV)/bin/lint-imports

unit:
	@$(VENV)/bin/pytest -q -n 2 -m "not browser and not durability and not faults and not real" --cov --cov-report=term:skip-covered --cov-fail-under=80
	@npm run -s test

# what never touches a database has had its turn
PURE := --ignore=tests/shape --ignore=tests/dossier/rules --ignore=tests/dossier/imports --ignore=tests/places/rules --ignore=tests/ledger/test_rules.py --ignore=tests/commands
postgres:
	@STAMTAFEL_TEST_DB=postgres $(VENV)/bin/pytest -q -n 2 -m "not browser and not durability and not faults and not real" $(PURE)

screenshots: $(STAMP)/dev build ## the pictures in the README, from a fresh demo
	@STAMTAFEL_SCREENSHOTS=1 $(VENV)/bin/pytest -q tests/e2e/test_pictures.py

fakes: $(STAMP)/dev ## pretended networks on loopback, to connect accounts to and try by hand
	@DJANGO_SETTINGS_MODULE=tests.settings $(PY) -m tests.fakes

test-faults: $(STAMP)/dev ## every fault at every call to every network, and kill -9 at each; prints the table of outcomes
	@STAMTAFEL_FAULTS_TABLE=docs/reference/faults-table.md $(VENV)/bin/pytest -q -s -m faults tests/faults

durability:
	@$(VENV)/bin/pytest -q -m durability & one=$$!; STAMTAFEL_TEST_DB=postgres $(VENV)/bin/pytest -q -m durability && wait $$one

browser:
	@$(VENV)/bin/pytest -q -n 2 -m browser

system: ## Chromium and PostgreSQL from Debian's packages, where they miss
	@command -v chromium >/dev/null || { $(APT) update -qq; DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends chromium fonts-liberation; }
	@[ -n "$(PG)" ] || { $(APT) update -qq; DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends postgresql; }

system-channels: ## what the tests with real servers need, from Debian's packages, where it misses
	@[ -n "$(PG)" ] || { $(APT) update -qq; DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends postgresql; }
	@command -v g++ >/dev/null || { $(APT) update -qq; DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends g++ make python3; }
	@[ -x /usr/sbin/dovecot ] || { $(APT) update -qq; DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends dovecot-imapd; }

build: $(STAMP)/front $(STAMP)/messages $(STAMP)/static

lock: $(VENV)/bin/python ## make the lock files anew, with hashes and without addresses
	@$(VENV)/bin/pip install -q uv
	@for f in base dev build; do $(VENV)/bin/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-header --python-version 3.11 requirements/$$f.in -o requirements/$$f.txt; done

messages: $(STAMP)/dev ## bring the Dutch catalogues up to date with the sources
	@$(PY) -m scripts.messages

# ── what lies behind ─────────────────────────────────────────────────────────────────────────────
$(VENV)/bin/python:
	@python3 -m venv $(VENV) 2>/dev/null || { rm -rf $(VENV); $(APT) update -qq; DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq python3-venv; python3 -m venv $(VENV); }

$(STAMP)/runtime: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	@mkdir -p $(STAMP)
	@[ -e $(STAMP)/dev ] && [ $(STAMP)/dev -nt requirements/base.txt ] || { echo "Installing what is locked …"; $(VENV)/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/base.txt; }
	@$(MAKE) -s $(STAMP)/package
	@touch $@

$(STAMP)/dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@mkdir -p $(STAMP)
	@echo "Installing what is locked …"
	@$(VENV)/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(MAKE) -s $(STAMP)/package
	@touch $@

$(STAMP)/package: pyproject.toml requirements/build.txt
	@$(VENV)/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/build.txt
	@$(VENV)/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.package-lock.json: package-lock.json package.json
	@npm ci --silent --no-audit --no-fund
	@touch $@

FRONT := $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null) $(shell find src/stamtafel/web -name '*.html' 2>/dev/null)
$(STAMP)/front: node_modules/.package-lock.json $(FRONT) | $(VENV)/bin/python
	@mkdir -p $(STAMP)
	@npm run -s build
	@touch $@

$(STAMP)/messages: $(shell find src -name django.po) | $(VENV)/bin/python
	@[ -e $(STAMP)/package ] || $(MAKE) -s $(STAMP)/runtime
	@$(PY) -m scripts.messages --compile
	@touch $@

$(STAMP)/static: $(STAMP)/front
	@[ -e $(STAMP)/package ] || $(MAKE) -s $(STAMP)/runtime
	@DJANGO_SETTINGS_MODULE=stamtafel.settings $(PY) -m django collectstatic --noinput --clear -v 0
	@touch $@

clean: ## throw away what was made, not the data
	@rm -rf $(STAMP) build dist src/stamtafel/web/static/build src/stamtafel/web/static/collected .mypy_cache .ruff_cache .pytest_cache
