# PASS as a Kubeflow pipeline. `make run` and `make test` do all their own set-up; `make help` lists the rest.

## DATA (run): folder of photographs, or in ImageNet-S layout, or none for the synthetic set (default)
## CLUSTERS (run): how many groups photographs without classes fall into; auto (default) chooses
## PROFILE (run): settings of all stages: smoke (default), small, imagenet-s50, imagenet-s50-plus, imagenet-s300, imagenet-s919
## SEED (run): seed of every random choice (default 31)
## COMPAT (run): fixed (default), or reference for the published arithmetic with its quirks
## OVERRIDES (run): settings changed on top of the profile, as JSON: '{"pretrain.epochs": 5}'
## MASKS (run): what makes masks: sam, onnx or classical (default: sam with MASK_WEIGHTS, else classical)
## MASK_WEIGHTS (run): folder or s3:// prefix of the weights of MASKS
## CACHE (run, submit): 0 runs every stage again; default 1 reuses finished ones
## RUNNER (run): subprocess (default), or docker to run each stage in a container of the images that make images DEVICE=cpu builds
## RANKS (run, missing-tools): how many processes share each training, by MPI (default 1; one for each GPU in use)
## S3_ENDPOINT (run, study, ui): an S3 server to use instead of starting one, http[s]://host:port
## AWS_ACCESS_KEY_ID (run, study, ui): its user
## AWS_SECRET_ACCESS_KEY (run, study, ui): and password
## AWS_SESSION_TOKEN (run, study, ui): and the token of temporary credentials
## S3_RETRY_SECONDS (run, study, ui): for how long a request to S3 that fails is made again, up to 600 (default 90)
## S3_REGION (run, study, ui): what it calls its own region (default us-east-1)
## AWS_CA_BUNDLE (run, study, ui): file of the certificates to trust, for https
## MLFLOW_TRACKING_URI (run, study): an MLflow server to use instead of starting one
## ALLOW_TAGS (compile, submit): why they may refer to images without a digest (default: they may not, once there is images/images.lock)
## STUDY (study): YAML file of settings, data sets and seeds (benchmarks/studies/ has one to start from)
## HOST (submit): KFP server, http[s]://host:port
## KFP_TOKEN (submit): token that it wants, if any
## KFP_CA_BUNDLE (submit): file of the certificates to trust, for https
## NAMESPACE (submit): where pods of runs start; needed where KFP serves several users (default kubeflow)
## PIPELINE (submit): which one to send: training (default), or evaluation of the model that params/evaluation.yaml names
## DATA_URI (submit): data set in S3 to work on, s3://…, as pass-ops data pack prints it
## PARAMS (submit, compile): parameters of the run (params/dev.yaml, params/prod.yaml); with SHARDS their placement is compiled in
## SHARDS (compile, submit): tasks that share the work of the longest stage, 8, or of some: 'predict_split=8/4 prompt_masks=2'
## RECURRING (submit): times at which to run the pipeline, as KFP's cron: '0 30 2 * * 1'
## WAIT (submit): 1 returns when the run has ended; default 0
## DRY_RUN (submit): 1 only prints what would be sent; default 0
## DEVICE (images): what the image of the trainings computes on: cuda (default), or cpu for RUNNER=docker
## REGISTRY (images): where to push to, host/path; without, the images stay on this machine
## BASE (images): base of the images, in place of those that the Dockerfiles name
## PORT (ui): port to listen on (default: a free one)
## ONLY (bench, fuzz, test, test-slow, images): name of the one benchmark, fuzzer's target, test file or folder, or image
## SECONDS (fuzz): for each target (default 60)
## JITTOR_HOME (run, study, test, test-slow, bench, core): folder of Jittor's compiled kernels (default .cache/jittor)
## PYTHON (any): Python 3.11 or 3.12 to make .venv with (default: the first that is found)
DATA ?= none
PROFILE ?= smoke
CLUSTERS ?= auto
SEED ?= 31
COMPAT ?= fixed
OVERRIDES ?= {}
CACHE ?= 1
WAIT ?= 0
DRY_RUN ?= 0
PIPELINE ?= training
ALLOW_TAGS ?= $(if $(wildcard images/images.lock),,no images are published yet)
RUNNER ?= subprocess
RANKS ?=
DEVICE ?= cuda
REGISTRY ?=
BASE ?=
MASKS ?=
MASK_WEIGHTS ?=
STUDY ?=

# Jittor's compiled kernels stay in the clone; a CUDA compiler without a driver, or an MPI, would break its import. Who has a GPU names
# the compiler in front: nvcc_path=... make run.
export JITTOR_HOME ?= $(CURDIR)/.cache/jittor
export nvcc_path ?=
export use_mpi ?= 0
# As the images have it: the same sums on every machine, in containers or not.
ifeq ($(shell uname -m),x86_64)
export OPENBLAS_CORETYPE ?= Haswell
endif

ifneq ($(words $(CURDIR)),1)
$(error The path of this clone contains a space, which make and KFP's runner cannot handle: move it)
endif

# A variable on make's command line that no target takes, such as a misspelt one, would be ignored without a word. The
# environment is not looked at; nor is what an outer make hands on.
quoted = '$(subst ','\'',$(1))'
switch = $(if $(filter "0" "1","$($(1))"),$(filter 1,$($(1))),$(error $(1)=$($(1)): give 0 or 1))
ifeq ($(MAKELEVEL),0)
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
WRONG := $(shell given=$(call quoted,$(strip $(GIVEN))) goals=$(call quoted,$(or $(MAKECMDGOALS),help)) \
	awk -f .make/command_line.awk $(firstword $(MAKEFILE_LIST)))
$(if $(WRONG),$(error $(WRONG)))
SWITCHES := $(foreach name,$(filter CACHE WAIT DRY_RUN,$(GIVEN)),$(call switch,$(name)))
endif

BIN := .venv/bin
INSTALLED := .venv/installed.sha256
# Ctrl-C waits until Python can tell it in one line.
START := env --block-signal=INT $(BIN)/python -m pass_ops.start

RUN_OPTIONS = --data $(call quoted,$(DATA)) --clusters $(call quoted,$(CLUSTERS)) --profile $(call quoted,$(PROFILE)) --seed $(call quoted,$(SEED)) \
	--compat $(call quoted,$(COMPAT)) --overrides $(call quoted,$(OVERRIDES)) --mask-back-end $(call quoted,$(MASKS)) \
	--mask-weights $(call quoted,$(MASK_WEIGHTS)) --runner $(call quoted,$(RUNNER)) $(if $(call switch,CACHE),,--no-cache)

.DEFAULT_GOAL := help
.PHONY: help run study test test-slow compile images submit lint bench fuzz ui diagrams docs licences wheel setup site-tools core missing-tools tools lock clean

# Theirs is an installation that compiles Jittor's core, too.
run study core: export COMPILE_CORE = 1

run: export PASS_RANKS = $(RANKS)
run: setup ## Run the whole training pipeline on this machine: S3, MLflow, every stage, report
	@$(START) pipelines.local.look $(RUN_OPTIONS)
	@$(MAKE) --no-print-directory core
	@$(START) pipelines.local.run $(RUN_OPTIONS)

study: setup ## Run settings on data sets with several seeds, those runs that are not there yet; one table (STUDY=file.yaml)
	@test -f $(call quoted,$(STUDY)) || { echo "make study: name a file: make study STUDY=benchmarks/studies/labels.yaml" >&2; exit 1; }
	@$(MAKE) --no-print-directory core
	@$(START) pipelines.study.run $(call quoted,$(STUDY))

test: core site-tools ## Run the tests, those marked slow left out (ONLY=tests/data for a part of them)
	@$(BIN)/python -m pytest $(ONLY)

test-slow: core ## Run the tests that take minutes, such as Segment Anything at full size
	@$(BIN)/python -m pytest -m slow $(ONLY)

compile: setup ## Compile the pipelines to build/pass_training.yaml and build/pass_evaluation.yaml and check them strictly
	@$(START) pipelines.compile $(if $(ALLOW_TAGS),--allow-tags $(call quoted,$(ALLOW_TAGS))) \
		$(if $(SHARDS),--shards $(call quoted,$(SHARDS))) $(if $(PARAMS),--params $(call quoted,$(PARAMS)))

submit: setup ## Send a pipeline to a KFP server and start a run (HOST=http://... DATA_URI=s3://...)
	@$(BIN)/pass-ops submit --host $(call quoted,$(HOST)) --pipeline $(call quoted,$(PIPELINE)) $(if $(PARAMS),--params $(call quoted,$(PARAMS))) \
		$(if $(DATA_URI),--set $(call quoted,data_uri=$(DATA_URI))) $(if $(RECURRING),--recurring $(call quoted,$(RECURRING))) \
		$(if $(SHARDS),--shards $(call quoted,$(SHARDS))) $(if $(ALLOW_TAGS),--allow-tags $(call quoted,$(ALLOW_TAGS))) $(if $(NAMESPACE),--namespace $(call quoted,$(NAMESPACE))) \
		$(if $(call switch,CACHE),,--no-cache) $(if $(call switch,WAIT),--wait) $(if $(call switch,DRY_RUN),--dry-run)

images: setup ## Build the images with Docker, print times and sizes (ONLY=train for one; DEVICE, REGISTRY, BASE)
	@$(START) pipelines.images.build $(ONLY) --device $(call quoted,$(DEVICE)) --registry $(call quoted,$(REGISTRY)) --base $(call quoted,$(BASE))

lint: setup ## Check style with ruff and types with mypy
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: setup ## Race against named peers (ONLY=name)
	@test -f $(call quoted,benchmarks/$(ONLY).py) || { echo "make bench: name a benchmark: make bench ONLY=NAME, one of" benchmarks/[!_]*.py >&2; exit 1; }
	@$(START) benchmarks.$(ONLY)

fuzz: setup ## Throw damaged files at the readers of strangers' files (ONLY=weights for one, SECONDS=600)
	@$(BIN)/python -c 'import atheris' 2>/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/fuzz/requirements.lock
	@$(START) tests.fuzz $(if $(ONLY),--only $(call quoted,$(ONLY))) $(if $(SECONDS),--seconds $(call quoted,$(SECONDS)))

ui: setup ## Serve the MLflow store of the runs so far until Ctrl-C (PORT=5000 for a fixed port)
	@$(START) pipelines.servers.ui $(if $(PORT),--port $(call quoted,$(PORT)))

# setuptools would take modules along that are no more, from where it built the last one.
wheel: setup ## Build dist/pass_ops-*.whl, which works outside of the clone
	@rm -rf build/lib dist/pass_ops-*.whl
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --wheel-dir dist .

setup: ## Install what requirements.lock says into .venv (done by the others when needed)
	@sha256sum --check --status $(INSTALLED) 2>/dev/null || $(MAKE) --no-print-directory $(INSTALLED)

# Run by setup only when requirements.lock or pyproject.toml differ from what was installed last.
.PHONY: $(INSTALLED)
$(INSTALLED): tools
	@PYTHON=$(PYTHON) INSTALLED=$@ .make/install

# The second time is for a Jittor that had to renew what compiles its kernels: it ends the process that did.
core: setup ## Compile Jittor's core, which takes minutes the first time (done by run and test when needed)
	@export DISABLE_MULTIPROCESSING=0; $(START) pass_ops.engine.core || $(START) pass_ops.engine.core

PYTHON = $(shell for python in python3.11 python3.12 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null && command -v $$python && break; done)

# Jittor compiles against Python.h while it runs, hence g++ and the headers.
missing-tools:
	@if [ -z "$(PYTHON)" ]; then echo python3.11 python3.11-venv python3.11-dev; else \
		name=$$($(PYTHON) -c 'import sys; print("python3.%d" % sys.version_info[1])'); \
		$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || echo $$name-venv; \
		$(PYTHON) -c 'import os, sysconfig as s; os.stat(s.get_path("include") + "/Python.h")' 2>/dev/null || echo $$name-dev; fi
	@command -v g++ >/dev/null || echo g++
	@test $(call quoted,$(or $(RANKS),1)) = 1 || { command -v mpirun && command -v mpicc; } >/dev/null || echo openmpi-bin libopenmpi-dev

tools:
	@missing=$$($(MAKE) --no-print-directory missing-tools | xargs); test -z "$$missing" || { \
		echo "Missing on this machine; install with: sudo apt-get install -y $$missing" \
		"(Debian 12 and Ubuntu 24.04 have Python 3.11 or 3.12; another Ubuntu: add-apt-repository ppa:deadsnakes/ppa first;" \
		"another Debian: name one that has its headers, PYTHON=/path/to/python3.11)" >&2; exit 1; }

diagrams: setup ## Draw the charts of docs/architecture.md anew, as the pipelines compile
	@$(START) pipelines.diagrams

# Beside what requirements.lock says, of which runs and images need nothing more.
site-tools: setup
	@sha256sum --check --status .venv/site.sha256 2>/dev/null || { \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r docs/requirements.lock && \
		sha256sum docs/requirements.lock > .venv/site.sha256; }

# With --quiet, MkDocs 1.6 counts no warnings, and ends well whatever is broken.
docs: site-tools ## Build the pages of docs/, a page of each stage with its settings, and all others into build/site, strictly
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build
	@echo build/site/index.html

licences: setup ## Write the tables of docs/licences.md anew, of the lock files and the installed packages
	@$(START) pipelines.supply_chain.licence_page

lock: ## Resolve pyproject.toml again into requirements.lock, with hashes
	@test -x .cache/uv/bin/uv || { $(PYTHON) -m venv .cache/uv && .cache/uv/bin/pip install --quiet uv; }
	@UV_CUSTOM_COMPILE_COMMAND='make lock' .cache/uv/bin/uv pip compile --quiet --generate-hashes --no-annotate --python-version 3.11 \
		--extra dev --output-file requirements.lock pyproject.toml
	@for image in post/requirements train/requirements-cpu train/requirements-cuda mlflow/requirements; do \
		.cache/uv/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-header --python-version 3.11 \
			--constraint requirements.lock --output-file images/$$image.lock images/$$image.in; done
	@.cache/uv/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-header --python-version 3.11 \
		--output-file tests/fuzz/requirements.lock tests/fuzz/requirements.in
	@.cache/uv/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-header --python-version 3.11 \
		--constraint requirements.lock --output-file docs/requirements.lock docs/requirements.in

# Whoever uses the stores holds locks (pipelines/servers/claim.py and store.py). Moved first: who starts meanwhile gets new ones.
clean: ## Remove build/, the local S3 and MLflow stores and the stage cache; keep runs/, .venv and Jittor's kernels
	@for lock in .pass-ops/claims/* .pass-ops/*/lock; do test ! -e $$lock || flock --nonblock $$lock true || { \
		echo "make clean: $$lock is held ($$(tr -d '{}"' < $$lock)): wait until that ends, or end it" >&2; exit 1; }; done
	@test ! -e .pass-ops || mv .pass-ops .pass-ops.$$PPID
	@rm -rf build .pass-ops.* .cache/synthetic .mypy_cache .pytest_cache .ruff_cache

help: ## Show this help
	@echo "Targets:"
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12
	@echo "Variables:"
	@sed -nE 's/^## ([A-Z0-9_]+) \(([a-z, -]+)\): (.*)/  \1\t\2: \3/p' $(MAKEFILE_LIST) | expand -t 24
