# Two commands do everything: `make serve` and `make test`. Each makes its own environment the first time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
DATA ?=
TRIPLES ?= 0
# what the browser code is built from; building is part of the installation
UI := $(shell find service/build_hook.py service/ui -type f -not -path '*/node_modules/*')

.PHONY: serve test check format ui bench pages peers wsgi conformance checking dcat-ap ckan clean

serve: $(VENV)/serve.stamp
	@exec $(BIN)/lepgraph serve --host $(HOST) --port $(PORT) $(DATA)

test: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

check: test

format: $(VENV)/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

ui: $(VENV)/test.stamp
	$(BIN)/python service/build_hook.py

bench: $(VENV)/test.stamp
	$(BIN)/python tests/benchmarks/slice.py

peers: $(VENV)/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	PYTHONPATH=tests $(BIN)/python -m benchmarks.peers --triples $(TRIPLES)

pages: $(VENV)/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	PYTHONPATH=tests $(BIN)/python -m benchmarks.pages

wsgi: $(VENV)/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	PYTHONPATH=tests $(BIN)/python -m benchmarks.wsgi

dcat-ap: $(VENV)/test.stamp
	@test -n "$(SHAPES)" || { echo "Say where the shapes of DCAT-AP lie: make dcat-ap SHAPES=FOLDER"; exit 2; }
	PYTHONPATH=tests $(BIN)/python -m benchmarks.harvest --shapes "$(SHAPES)"

ckan: $(VENV)/test.stamp
	@test -n "$(CKAN)" || { echo "Say which Python has ckanext-dcat: make ckan CKAN=PYTHON"; exit 2; }
	PYTHONPATH=tests $(BIN)/python -m benchmarks.harvest --ckan "$(CKAN)"

clean:
	rm -rf $(VENV) service/ui/node_modules service/lepgraph/web/static/built build dist .mypy_cache .pytest_cache .ruff_cache

$(VENV)/serve.stamp: pyproject.toml $(UI)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "lepgraph needs Python 3.11 or later: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/serve.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

# The W3C suites of SHACL through our own code: SUITE is data-shapes-test-suite/tests of github.com/w3c/data-shapes.
conformance: $(VENV)/test.stamp
	PYTHONPATH=tests $(BIN)/python -m benchmarks.conformance $(SUITE)

checking: $(VENV)/test.stamp
	PYTHONPATH=tests $(BIN)/python -m benchmarks.checking
