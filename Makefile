# `make` alone says what there is to do. Every target installs what it misses (scripts/bootstrap).

.DEFAULT_GOAL := help
.PHONY: help build demo test asan tsan

# Where a suite or a sanitizer looks: build/<preset>, see CMakePresets.json.
PRESET ?= release

help:
	@echo 'Millrace: a Kafka-protocol broker, a Flink-dialect SQL engine and a Delta lakehouse in one program.'
	@echo
	@echo '  make demo     start here: install, build, and run the telecom-events system on made-up load'
	@echo '                (Ctrl-C stops it; DEMO_SECONDS=30 make demo stops by itself)'
	@echo '  make build    the program alone, at build/release/millrace; try build/release/millrace --help'
	@echo
	@echo '  make test     every test; SUITES="unit tidy" picks from tests/suites'
	@echo '  make asan     unit, simulation and pipeline tests under the address sanitizer; tsan: under the'
	@echo '  make tsan     thread sanitizer'

build:
	@scripts/bootstrap build
	@scripts/build release millrace

demo: build
	@build/release/millrace demo telecom-events $(if $(DEMO_SECONDS),--seconds $(DEMO_SECONDS))

test:
	@scripts/bootstrap test
	@scripts/build $(PRESET)
	@scripts/run_tests.py --build build/$(PRESET) $(SUITES)

asan tsan:
	@scripts/bootstrap test
	@scripts/build $@
	@scripts/run_tests.py --build build/$@ --sanitized
