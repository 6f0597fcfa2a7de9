# Every target is a few plain commands, which also work without make once .venv is activated.

ASSIGNMENT = 2-descent
BIN = .venv/bin
PY = $(BIN)/python
READY = .venv/ready
SITE = _build/site.built
SITE_SOURCES := $(shell find _config.yml _toc.yml book optedu tests/banks tests/attacks -type f \
	-not -path '*/__pycache__/*' -not -path 'optedu/grading/*')

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: course test lab serve exercises book bench bench-grading fingerprints clean help

course: $(READY) $(SITE)  ## Set up, build the site, make the exercises, grade the sample class
	$(PY) -m optedu exercises
	$(PY) -m optedu sample $(ASSIGNMENT)
	$(PY) -m optedu grade $(ASSIGNMENT) || [ $$? -eq 3 ]  # some are flagged, and meant to be

test: $(READY) $(SITE)  ## Run the tests
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || echo \
		"Chromium is missing, so the browser tests will be skipped: apt-get install chromium"
	$(PY) -m pytest -n logical --dist loadscope --no-loadscope-reorder --durations 15

lab: $(READY)  ## Open JupyterLab on the exercises, with the formgrader
	$(PY) -m jupyterlab --LabApp.default_url=/lab/tree/exercises \
		--ContentsManager.allow_hidden=True $(if $(filter 0,$(shell id -u)),--allow-root)

serve: $(READY) $(SITE)  ## Serve the site on this machine
	$(PY) -m optedu serve

exercises: $(READY)  ## Generate exercises/ from solutions/
	$(PY) -m optedu exercises

book: $(READY) $(SITE)  ## Build the site into _build/html

bench: $(READY)  ## Time the reference beside torch, optax, jax and scipy
	$(PY) -m pip install --quiet --disable-pip-version-check -e '.[peers]'
	$(PY) -m optedu bench

bench-grading: $(READY)  ## Time the grading beside nbgrader's own
	$(PY) -m optedu.bench.grading

$(SITE): $(READY) $(SITE_SOURCES)
	@echo "Building the site, which takes some minutes"
	$(BIN)/jb build . --all -W -n --keep-going -q
	@touch $@

fingerprints: $(READY)  ## Record what the checks recognize, from the banks of wrong solutions
	$(PY) -m tests.banks

clean:  ## Remove what was built; submissions, grades and .venv stay
	rm -rf _build .pytest_cache .ruff_cache
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

help:  ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

$(READY): requirements.txt pyproject.toml
	@for python in $(or $(PYTHON),python3.11 python3.12 python3.13 python3); do \
		$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
			2>/dev/null && break; \
		python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Python 3.11, 3.12 or 3.13 is missing. On Debian: apt-get install python3"; \
		echo "If it has another name: make PYTHON=/path/to/python"; \
		exit 1; \
	fi; \
	if ! $$python -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$python cannot make virtual environments. On Debian: apt-get install python3-venv"; \
		exit 1; \
	fi; \
	echo "Setting up .venv with $$($$python --version); the first time this takes some minutes"; \
	$$python -m venv .venv
	@PYTHONWARNINGS=ignore $(PY) -m pip install --quiet --disable-pip-version-check \
		-r requirements.txt
	@touch $@
