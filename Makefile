PYTHON ?= python3
RUN = .venv/bin/python

.PHONY: run test test-slow lint bench install install-dev

install:
	@$(PYTHON) tools/bootstrap.py

install-dev:
	@$(PYTHON) tools/bootstrap.py --dev

run: install
	.venv/bin/tandem serve

test: install-dev
	$(RUN) -m pytest -n 2 --dist loadfile

test-slow: install-dev
	$(RUN) -m pytest -m slow

lint: install-dev
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy

bench: install-dev
	$(RUN) bench/search.py --quick
	$(RUN) bench/serve.py --quick
