# `make` alone says what there is to do. Every target installs what it misses (scripts/bootstrap).

.DEFAULT_GOAL := help
.PHONY: help build demo test check asan tsan fuzz bench bench-nexmark bench-broker bench-stream bench-crowd bench-state

# The build that `make test` tries: build/<preset>, see CMakePresets.json.
PRESET ?= release
# How long `make fuzz` gives each harness.
FUZZ_SECONDS ?= 20
# How many events `make bench` measures with.
EVENTS ?= 2000000

help:
	@echo 'Millrace: a Kafka-protocol broker, a Flink-dialect SQL engine and a Delta lakehouse in one program.'
	@echo
	@echo '  make demo     start here: install, build, and run the telecom-events system on made-up load'
	@echo '                (Ctrl-C stops it; DEMO_SECONDS=30 make demo stops by itself)'
	@echo '  make build    the program alone, at build/release/millrace; try build/release/millrace --help'
	@echo
	@echo '  make test     every test; SUITES="unit tidy" picks from tests/suites, PRESET=debug the build'
	@echo '  make check    formatting and lints, then every test: what a change must pass'
	@echo '  make asan     unit, simulation and pipeline tests under the address sanitizer'
	@echo '  make tsan     the same under the thread sanitizer'
	@echo '  make fuzz     each reader of foreign bytes against made-up bytes, FUZZ_SECONDS=20 each'
	@echo
	@echo '  make bench-broker   the broker beside Apache Kafka; BENCH_BROKER="--scale 0.2" for less'
	@echo '  make bench-stream   116 MB/s of JSON through broker and engine, ten minutes; BENCH_STREAM="--seconds 60" for less'
	@echo '  make bench-crowd    10,000 topics and 5,000 idle connections'
	@echo '  make bench    the engine against loops written by hand (docs/benchmarks.md); EVENTS=2000000'
	@echo '  make bench-state   state at size: memory, epochs, restore; BENCH_STATE="--keys 1000000" for less'
	@echo '  make bench-nexmark   Nexmark here and on a Flink that runs (scripts/flink/cluster start), answers compared'

build:
	@scripts/bootstrap build
	@scripts/build release millrace

demo: build
	@build/release/millrace demo telecom-events $(if $(DEMO_SECONDS),--seconds $(DEMO_SECONDS))

test:
	@scripts/bootstrap test
	@scripts/build $(PRESET)
	@scripts/run_tests.py --build build/$(PRESET) $(SUITES)

check:
	@scripts/bootstrap test
	@scripts/build release
	@scripts/lint
	@scripts/run_tests.py --build build/release

asan tsan:
	@scripts/bootstrap test
	@scripts/build $@
	@scripts/run_tests.py --build build/$@ --sanitized

fuzz:
	@scripts/bootstrap test
	@scripts/build asan
	@scripts/run_fuzz build/asan $(FUZZ_SECONDS)

bench-broker:
	@scripts/bootstrap bench
	@scripts/build release broker_only
	@cmake --preset release >/dev/null  # librdkafka may be new
	@scripts/build release broker_load
	@bench/broker/compare.py build/release --write docs/benchmarks.md $(BENCH_BROKER)

bench-crowd:
	@scripts/bootstrap bench
	@scripts/bootstrap test
	@cmake --preset release >/dev/null  # librdkafka may be new
	@scripts/build release broker_only broker_load
	@.deps/venv/bin/python bench/broker/crowd.py build/release $(BENCH_CROWD)

bench-stream:
	@scripts/bootstrap bench
	@scripts/bootstrap test
	@scripts/build release millrace
	@cmake --preset release >/dev/null  # librdkafka may be new
	@scripts/build release broker_load
	@.deps/venv/bin/python bench/broker/stream.py build/release $(BENCH_STREAM)

bench:
	@scripts/bootstrap build
	@scripts/build release telecom_windows nexmark_columns
	@build/release/telecom_windows --events $(EVENTS)
	@build/release/nexmark_columns --events $(EVENTS)

bench-state:
	@scripts/bootstrap build
	@scripts/build release state_at_size
	@build/release/state_at_size $(BENCH_STATE)

bench-nexmark:
	@scripts/bootstrap build
	@scripts/build release millrace nexmark_generate
	@bench/nexmark/run.py --events $(EVENTS) $(if $(QUERIES),--queries $(QUERIES)) --write docs/benchmarks.md
