# Every target does its own set-up. `make film` makes a film, `make test` tests the tool.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

# One set of flags for every debug command, and one for every release command: a change of flags
# builds all over again.
TEST_FLAGS    := --disable-xctest
# Tests wait for processes and servers: all at once they only stand in one another's way.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 6

# The Swift runtime is linked in where the toolchain has it: a release starts faster and runs without Swift.
STATIC_SWIFT  := $(dir $(shell readlink -f "$$(command -v swiftc)"))../lib/swift_static/linux/libswiftCore.a
RELEASE_FLAGS := -c release --scratch-path .build-release $(if $(wildcard $(STATIC_SWIFT)),--static-swift-stdlib)

KEYREEL := .build-release/release/keyreel
LINTED  := Sources Tests Package.swift examples/embedding/Package.swift examples/embedding/Sources

.PHONY: help film release server test checks format torture bench clean

help:
	@echo 'make film      render pipelines/lake-day.yaml to films/lake-day.mp4'
	@echo 'make test      every check and test that a change must pass'
	@echo 'make torture   the long forms of the tests: full corpora, kills, fuzzing'
	@echo 'make bench     measure beside ffmpeg and others; prints a Markdown table'
	@echo 'make release   build $(KEYREEL)'
	@echo 'make server    build keyreel-serve beside it: fal'"'"'s endpoint on this machine'
	@echo 'make format    lay out the sources as `make test` wants them'
	@echo 'make clean     remove what was built (films and the store of clips stay)'

film: release
	@$(KEYREEL) run pipelines/lake-day.yaml
	@echo 'The film is films/lake-day.mp4.'

release:
	@scripts/setup
	swift build $(RELEASE_FLAGS) --product keyreel

# A program of its own, because what it is built with takes minutes to compile.
server: release
	swift build $(RELEASE_FLAGS) --product keyreel-serve

# The tests that run the whole program come last and by themselves: one process for all of them works
# too, but a broken room is told sooner, and the hundreds of programs that they start do not make the
# rooms' own tests slow.
test: checks
	swift test $(TEST_FLAGS) --skip EndToEnd
	swift test $(TEST_FLAGS) --filter EndToEnd

# The quick checks come first: they need no build.
checks:
	@scripts/setup --tests
	@scripts/check-imports
	@swift format lint --strict --recursive $(LINTED)
	@echo 'format: as it should be'

format:
	swift format --in-place --recursive $(LINTED)

torture:
	@scripts/setup --tests
	KEYREEL_TORTURE=1 swift test $(TEST_FLAGS) --skip EndToEnd
	KEYREEL_TORTURE=1 swift test $(TEST_FLAGS) --filter EndToEnd

bench: server
	@scripts/setup --bench
	Benchmarks/run

clean:
	rm -rf .build .build-release
