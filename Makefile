# Every target sets up .venv by itself: `make serve` and `make test` work on a fresh machine.
PYTHON := $(shell command -v python3.11 || command -v python3 || echo python3.11)
BIN := .venv/bin
# A checkout is compiled once and not at every start, whatever the machine says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: serve verify test check test-browser gate bench bench-check bench-peers strength soak clean

serve: .venv/stamp ## the four contracts at http://localhost:8080
	$(BIN)/understudy serve

verify: .venv/stamp ## the judge at work: the four contracts against the stand-in
	for contract in nexudus limio akinon zenskar; do $(BIN)/understudy verify $$contract || exit 1; done

test: .venv/stamp ## every test that needs no browser, with branch coverage
	$(BIN)/pytest -n 3 -m whole && $(BIN)/pytest -n 3 --cov -m "not browser and not whole"

check: .venv/stamp ## lint, format, types, arrows between folders, contracts
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/understudy lint nexudus limio akinon zenskar control

test-browser: .venv/stamp ## the tests that drive Chromium; it and Node are installed when missing
	tests/browser/install && $(BIN)/pytest -m browser tests/browser

gate: .venv/stamp ## our own contracts and the stand-in: lint, diff and verify, with one verdict
	base=$$(.ci/base) && $(BIN)/understudy gate $${base:+--base $$base}

bench: bench-peers ## what a request costs, beside bare Starlette and Prism; writes docs/performance.md
	$(BIN)/python -m bench

bench-check: bench-peers ## fails where a request costs too much beside them
	$(BIN)/python -m bench --check

bench-peers: .venv/stamp ## what the benchmark compares with, and loads with
	bench/install peers

strength: .venv/stamp ## how much of what can be wrong the judge finds; writes docs/strength.md
	$(BIN)/python -m bench.strength

soak: .venv/stamp ## what must hold under load and over time
	bench/install && $(BIN)/python -m bench.soak

clean: ## everything that can be made again
	rm -rf .venv build dist src/*.egg-info .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .schemathesis && find . -name __pycache__ -prune -exec rm -rf {} +

.venv/stamp: pyproject.toml requirements.lock
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
