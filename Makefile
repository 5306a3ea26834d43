# Everything runs in .venv, which is built once from requirements.lock.
# make help lists the targets.

PYTHON ?= python3
PORT ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# One thread a process: the tests already run in as many processes as there are cores.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest
NBVAL := $(PYTEST) --nbval-lax --nbval-current-env --nbval-cell-timeout=120 -n 2 --dist loadscope
CHECK_PYTHON = $(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit("mlkit needs Python 3.11, 3.12 or 3.13; $(PYTHON) is %d.%d. Choose another one: make install PYTHON=python3.12" % v)'

# JupyterLab of this .venv looks for nothing on the network and asks nothing at the start.
LAB_SETTINGS := $(VENV)/share/jupyter/lab/settings
NO_NEWS := {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}

.DEFAULT_GOAL := help
.PHONY: help install lab test test-unit test-jax test-notebooks test-browser compat check format bench fuzz notebooks exercises lock clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  Variables: PYTHON=python3.12 (interpreter of .venv), PORT=8899 (of make lab)"

# Another interpreter than that of .venv means another .venv.
VERSION = -c 'import sys; print(sys.version_info[:3])' 2>/dev/null
ifeq ($(origin PYTHON),command line)
ifneq ($(shell $(PYTHON) $(VERSION)),$(shell $(BIN)/python $(VERSION)))
.PHONY: $(STAMP)
endif
endif

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed. Choose another one: make install PYTHON=python3.12" >&2; exit 1; }
	@$(CHECK_PYTHON)
	@echo "Building $(VENV) (once; a few minutes on a slow line) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet --no-deps --no-build-isolation -e .
	@mkdir -p $(LAB_SETTINGS) && echo '$(NO_NEWS)' > $(LAB_SETTINGS)/overrides.json
	@touch $@

install: $(STAMP) ## build .venv from the lock file

lab: $(STAMP) ## open JupyterLab at the first notebook (PORT= chooses the port)
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb \
		$(if $(PORT),--port=$(PORT)) $(if $(filter 0,$(shell id -u)),--allow-root)

test: test-unit test-jax test-notebooks test-browser ## run all tests: units, doctests, networks on JAX, notebooks, browser

test-unit: $(STAMP) ## run the unit tests and the doctests
	$(PYTEST) -n 2 -m "not browser" tests mlkit

# What depends on the backend.
ON_JAX := tests/neural/test_contract.py tests/neural/test_estimator_checks.py tests/neural/training
test-jax: $(STAMP) ## run the tests of the contract and of training on JAX (ON_JAX= others)
	KERAS_BACKEND=jax $(PYTEST) -n 2 $(ON_JAX)

test-notebooks: $(STAMP) ## run all notebooks and compare the checked outputs
	$(NBVAL) notebooks/*.ipynb notebooks/exercises
	MLKIT_STRICT=1 $(NBVAL) notebooks/solutions

test-browser: $(STAMP) ## drive the notebooks in JupyterLab in headless Chromium
	$(PYTEST) -m browser tests/browser

compat: $(STAMP) ## run the tests of the widgets on ipywidgets 7.7, with which Notebook 6 goes
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --quiet --no-deps --upgrade \
		--target $(VENV)/compat 'ipywidgets==7.7.*' ipython_genutils
	PYTHONPATH=$(VENV)/compat $(BIN)/python -c 'import ipywidgets; print("ipywidgets", ipywidgets.__version__)'
	PYTHONPATH=$(VENV)/compat $(PYTEST) -n 2 tests/widgets mlkit/widgets

check: $(STAMP) ## check style, types and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell

format: $(STAMP) ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## measure speed and memory against the peers, write benchmarks/README.md
	$(BIN)/python -m benchmarks

fuzz: $(STAMP) ## search the readers for inputs that break them, 60 minutes each (MINUTES=)
	OMP_NUM_THREADS=1 $(BIN)/python tests/fuzzing/fuzz.py --minutes $(or $(MINUTES),60)

notebooks: $(STAMP) exercises ## run all notebooks in place, with outputs
	$(BIN)/python -m mlkit.lessons.notebooks execute

exercises: $(STAMP) ## generate the exercises from the solutions
	$(BIN)/python -m mlkit.lessons.notebooks exercises

lock: $(STAMP) ## renew requirements.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --fork-strategy fewest \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --upgrade --quiet -o requirements.lock

clean: ## remove .venv, caches and results
	rm -rf $(VENV) build dist results *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf
