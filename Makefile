# Commands for people and CI. Each target creates .venv and installs its requirements, again only
# after they have changed.

SHELL := /bin/sh
PYTHON := .venv/bin/python
PIP_INSTALL := $(PYTHON) -m pip install --disable-pip-version-check
# uv shows its progress, and installs in a third of pip's time. pip takes over where uv cannot install,
# for example from an index that only pip knows.
UV := uv~=0.13.9
UV_INSTALL := .venv/bin/uv pip install --system-certs --compile-bytecode --python $(PYTHON)
install = $(PIP_INSTALL) -qq "$(UV)" && $(UV_INSTALL) --requirement $(1) || $(PIP_INSTALL) --requirement $(1)
PIP_COMPILE := $(PYTHON) -m piptools compile --quiet --strip-extras --no-header \
	--annotation-style=line --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
# Production settings, for checks that contact no server.
AS_PRODUCTION := DEBUG=0 SECRET_KEY=for-checks-only-$$(printf '0123456789%.0s' 1 2 3 4 5) \
	DATABASE_URL=postgres://user@localhost/database REDIS_URL=redis://localhost \
	ALLOWED_HOSTS=example.com PUBLIC_URL=https://example.com EMAIL_URL=smtp+tls://mail.example.com:587 \
	SECURE_SSL_REDIRECT=1 SECURE_HSTS_SECONDS=31536000

.DEFAULT_GOAL := help
.PHONY: help run serve test test-embedded test-production faults bench mutants check format schema lock vendor icons screenshots clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/.runtime ## Serve with demo users on 127.0.0.1:$PORT (8000), and reload on changes
	@echo "Migrating the database"
	@$(PYTHON) manage.py migrate --verbosity 0
	@$(PYTHON) manage.py demo
	@exec $(PYTHON) -m config.serve --reload

# Overrides .env, so that a forgotten DEBUG=1 never exposes error pages with source code.
serve: export DEBUG := 0
serve: .venv/.runtime ## Serve in production mode, configured by the environment (see .env.example)
	@echo "Migrating the database"
	@$(PYTHON) manage.py migrate --noinput --verbosity 0
	@$(PYTHON) manage.py collectstatic --noinput --verbosity 0
	@exec $(PYTHON) -m config.serve

test: .venv/.dev ## Run all tests on both sets of servers, side by side, and print the coverage; ARGS goes to pytest
	@exec $(PYTHON) -m tests.run all $(ARGS)

test-embedded: .venv/.dev ## Run all tests on SQLite and the in-memory channel layer
	@exec $(PYTHON) -m tests.run embedded $(ARGS)

test-production: .venv/.dev ## Run all tests on a real PostgreSQL and a real Redis
	@exec $(PYTHON) -m tests.run production $(ARGS)

faults: .venv/.dev ## Inject faults for ten minutes and check the outcome; ARGS="--seconds 60 --seed 1"
	@exec $(PYTHON) -m tests.faults $(ARGS)

bench: .venv/.bench ## Compare the speed with a minimal server, for two minutes; ARGS="--full" or "--scenario processes"
	@exec $(PYTHON) -m bench $(ARGS)

mutants: .venv/.mutants ## Change the code in 2,000 ways and see whether a test fails; ARGS="messaging/sql users"
	@exec $(PYTHON) -m tests.mutants $(ARGS)

check: .venv/.dev ## Check style, types, imports, migrations, settings, the API description and vulnerabilities
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) -m tests.lint_migrations
	.venv/bin/hadolint Dockerfile
	$(AS_PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING
	$(PYTHON) manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(PYTHON) .ci/audit.py

format: .venv/.dev ## Format the code, and fix what ruff can
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

schema: .venv/.runtime ## Regenerate the API description, which /api/schema/ serves
	$(PYTHON) manage.py spectacular --validate --fail-on-warn --file api/openapi.yaml
	$(PYTHON) manage.py spectacular --format openapi-json --file api/openapi.json

lock: .venv/.dev ## Compile requirements*.in; ARGS=--upgrade takes newer versions
	$(PIP_COMPILE) $(ARGS) --output-file requirements.txt requirements.in
	$(PIP_COMPILE) $(ARGS) --output-file requirements-dev.txt requirements-dev.in
	$(PIP_COMPILE) $(ARGS) --output-file requirements-bench.txt requirements-bench.in
	$(PIP_COMPILE) $(ARGS) --output-file requirements-mutants.txt requirements-mutants.in

vendor: ## Rebuild the browser client's two libraries; needs npm
	sh web/vendor/make.sh

icons: .venv/.runtime ## Redraw the browser client's icons
	$(PYTHON) web/icons/draw.py

screenshots: .venv/.dev ## Take screenshots of every screen and state, and those of the README
	@exec $(PYTHON) -m tests.e2e.screenshots $(ARGS)

clean: ## Remove .venv and caches; the data in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Skips a python3.11 that does not run, or has no ensurepip (Debian without python3-venv). The one of the
# distribution comes first, because it is built with profile-guided optimization: one that a version
# manager has compiled usually is not, and takes a third more time.
.venv/bin/python:
	@for python in /usr/bin/python3.11 python3.11 python3; do \
		if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Making .venv with $$($$python --version)"; \
			$$python -m venv --clear .venv || { rm -rf .venv; exit 1; }; \
			exit; \
		fi; \
	done; \
	echo "Python 3.11 or newer with venv is needed (Debian: apt-get install python3-venv)" >&2; \
	exit 1

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "Installing requirements.txt (once)"
	@$(call install,requirements.txt)
	@touch $@

# requirements-dev.txt includes requirements.txt, in the same versions.
.venv/.dev: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Installing requirements-dev.txt (once)"
	@$(call install,requirements-dev.txt)
	@touch .venv/.runtime $@

# requirements-bench.txt includes requirements-dev.txt, in the same versions.
.venv/.bench: requirements-bench.txt .venv/.dev | .venv/bin/python
	@$(call install,requirements-bench.txt)
	@touch $@

# requirements-mutants.txt includes requirements-dev.txt, in the same versions.
.venv/.mutants: requirements-mutants.txt .venv/.dev | .venv/bin/python
	@$(call install,requirements-mutants.txt)
	@touch $@
