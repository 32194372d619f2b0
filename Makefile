# make site   the book in all languages, in _build/site
# make test   the whole test suite
# make bench  what the builds and the training cost, as a table and in _build/bench.json

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: site test lint bench translations clean

site: $(INSTALLED)
	@$(BIN)/polybook build --warnings-as-errors

test: $(INSTALLED) lint
	@$(BIN)/python -m pytest

lint: $(INSTALLED)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary

bench: $(INSTALLED)
	@$(BIN)/python tests/bench.py

translations: $(INSTALLED)
	@$(BIN)/polybook translate update
	@$(BIN)/polybook translate derive zh_TW

$(INSTALLED): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the pinned packages into .venv (some minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --constraint constraints.txt --editable '.[pytorch,tensorflow,mxnet,test]'
	@touch $@

clean:
	rm -rf _build .venv
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locales -name '*.mo' -delete
