# SPDX-License-Identifier: Apache-2.0
# The project's commands. On a bare Debian 12 each installs what it lacks (scripts/packages).

BUILD ?= build
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
E2E_JOBS ?= 3
SANITIZE ?= address,undefined
FUZZ_SECONDS ?= 60
FUZZ_TARGET ?=
CMAKE_FLAGS ?=
# Several sources at once: a build from nothing takes a third of the time, one after a change longer.
UNITY ?= ON
PYTHON := /usr/bin/python3
PEERS := tests/peers
export CMAKE_GENERATOR := Ninja
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
CPP_DIRS := $(filter-out build%,$(wildcard */))
CPP_FILES = $(shell find $(CPP_DIRS) -name '*.h' -o -name '*.cpp' -o -name '*.hpp') \
  $(shell find $(wildcard src lib examples) -name '*.c')

.DEFAULT_GOAL := build
.PHONY: help build demo test docs-check unit-test e2e-test peer-test sanitize sanitize-core fuzz bench bench-gates firmware format format-check \
  tidy install clean configure
.NOTPARALLEL:

help: ## Print this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

build: setup-build configure ## Build the program: build/m531x
	@cmake --build $(BUILD) -j $(JOBS)

demo: setup-build configure ## Build, then watch a host talk to a modem and a server
	@cmake --build $(BUILD) -j $(JOBS) --target m531x
	@$(BUILD)/m531x demo

test: unit-test e2e-test ## Build and run all tests

unit-test: setup-build setup-test ## Unit tests and transcripts (ctest)
	@$(MAKE) --no-print-directory configure CMAKE_FLAGS='$(CMAKE_FLAGS) -D M531X_TESTS=ON'
	@cmake --build $(BUILD) -j $(JOBS)
	@ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS) | sed '/ Passed /d; /^ *Start /d'

e2e-test: setup-build setup-test configure ## The program on a real PTY with real servers (pytest)
	@cmake --build $(BUILD) -j $(JOBS) --target m531x
	@M531X=$(abspath $(BUILD))/m531x $(PYTHON) -B -m pytest tests/e2e -n $(E2E_JOBS)

peer-test: setup-build setup-test configure $(PEERS)/node_modules/.package-lock.json ## The LwM2M client with a server from npm (pytest)
	@cmake --build $(BUILD) -j $(JOBS) --target m531x
	@M531X=$(abspath $(BUILD))/m531x $(PYTHON) -B -m pytest -c tests/e2e/pytest.ini \
	  --rootdir tests $(PEERS) -n $(E2E_JOBS)

# An npm that is not Debian's will do.
$(PEERS)/node_modules/.package-lock.json: $(PEERS)/package-lock.json
	@command -v npm >/dev/null || scripts/setup peers
	@npm ci --prefix $(PEERS) --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

sanitize: ## All tests again, with sanitizers: SANITIZE=address,undefined or thread
	@$(MAKE) --no-print-directory test BUILD=$(BUILD)-sanitize$(if $(filter thread,$(SANITIZE)),-thread) \
	  CMAKE_FLAGS='$(CMAKE_FLAGS) -D M531X_SANITIZE=$(SANITIZE)'

# What has no operating system in it, and so parses all that a host or a server may send.
CORE ?= mem at http lwm2m modem modem_http sim scenario settings lib notation matrix transcript response
with_library := $(filter lib,$(CORE))
space := $(subst ,, )
sanitize-core: setup-build setup-test ## The tests of core and library and the fuzz corpora with sanitizers
	@cmake -S . -B $(BUILD)-sanitize -D CMAKE_UNITY_BUILD=$(UNITY) $(CMAKE_FLAGS) -D M531X_TESTS=ON -D M531X_SANITIZE=$(SANITIZE) >/dev/null
	@cmake --build $(BUILD)-sanitize -j $(JOBS) \
	  --target $(addsuffix _tests,$(CORE)) $(if $(with_library),m531x_shared) fuzzers
	@ctest --test-dir $(BUILD)-sanitize --output-on-failure -j $(JOBS) \
	  -R '^(fuzz\..*|$(if $(with_library),library\..*|)($(subst $(space),|,$(strip $(CORE))))_tests)$$' | sed '/ Passed /d; /^ *Start /d'

fuzz: setup-build setup-fuzz ## Fuzz: FUZZ_SECONDS=60 for each target, or for FUZZ_TARGET=name
	@scripts/fuzz $(BUILD)-fuzz $(JOBS) $(FUZZ_SECONDS) $(FUZZ_TARGET)

bench: setup-build setup-bench configure ## Times, instruction counts, and ratios to programs without a module
	@cmake --build $(BUILD) -j $(JOBS) --target bench

bench-gates: setup-build setup-bench configure ## Fail where instructions, bytes or system calls are over their limits
	@cmake --build $(BUILD) -j $(JOBS) --target bench_gates

firmware: setup-build setup-firmware ## Build the core for a Cortex-M4, whole and with AT and HTTP alone, check what it needs and its size
	@cmake -S . -B $(BUILD)-cortex-m4 --toolchain cmake/cortex-m4.cmake --no-warn-unused-cli \
	  -D CMAKE_UNITY_BUILD=$(UNITY) $(CMAKE_FLAGS) >/dev/null
	@cmake --build $(BUILD)-cortex-m4 -j $(JOBS)
	@scripts/check-firmware $(BUILD)-cortex-m4

format: setup-format ## Lay out all C++ files
	@clang-format -i $(CPP_FILES)

format-check: setup-format ## Fail where `make format` would change a file
	@clang-format --dry-run --Werror $(CPP_FILES)

docs-check: ## Fail where a document names a test, a file or a link that is not there
	@scripts/check-docs

tidy: setup-build setup-tidy ## clang-tidy over our own sources
	@scripts/tidy $(BUILD)-tidy $(JOBS)

install: build ## Install the program and the library for host tests under PREFIX
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## Remove what was built
	@cmake -E rm -rf $(BUILD) $(BUILD)-cortex-m4 $(BUILD)-sanitize $(BUILD)-sanitize-thread \
	  $(BUILD)-fuzz $(BUILD)-tidy

configure:
	@cmake -S . -B $(BUILD) -D CMAKE_UNITY_BUILD=$(UNITY) $(CMAKE_FLAGS) >/dev/null

setup-%:
	@scripts/setup $*
