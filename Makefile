# Habits, each a word. `make help` says what they are for.
# Everything here works with Go, make and git alone; what else is needed, the commands find or install.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PKG ?= ./...
RUN ?= .
FUZZTIME ?= 20s
TIMEOUT ?= 20m

# Programs that only developers need, pinned in modules of their own.
LINT := go tool -modfile=tools/lint/go.mod golangci-lint
REGAL := go tool -modfile=tools/regal/go.mod regal

# A private PostgreSQL and a Kratos for as long as a command runs, shared by all packages' tests. Built and not `go run`,
# so that every signal reaches it and nothing stays behind.
STACK := bin/with --

.PHONY: help
help: ## list these habits
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

.PHONY: up
up: build ## run Hamyar here with demonstration data; Ctrl-C stops all of it, the next start continues
	@exec bin/hamyar up

.PHONY: build
build: ## build the program into bin/
	@go build -trimpath -o bin/hamyar ./cmd/hamyar

.PHONY: stack
stack: ## build what runs a command beside a private PostgreSQL and Kratos: bin/with -- command
	@go build -o bin/with ./internal/devstack/with

.PHONY: test
test: stack ## run the tests against a real PostgreSQL and Kratos (PKG=./internal/forum RUN=Edit for some)
	@exec $(STACK) go test -timeout $(TIMEOUT) -run '$(RUN)' $(PKG)

.PHONY: race
race: stack ## run the tests under the race detector, which needs a C compiler
	@exec $(STACK) go test -race -timeout 60m -run '$(RUN)' $(PKG)

.PHONY: lint
lint: ## judge Go and Rego by the linters' rules (the first time builds them: some minutes)
	@echo 'lint: Go'
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt -w $$unformatted" >&2; exit 1; }
	@$(LINT) run ./...
	@go vet -tags awskms,gcpkms,azurekeyvault ./internal/kms
	@go vet -tags s3,gs,azblob ./internal/blobs
	@echo 'lint: Rego'
	@$(REGAL) lint policy
	@echo 'lint: shell'
	@bash -n .ci/run

.PHONY: fmt
fmt: ## put Go into form
	@$(LINT) fmt ./...

.PHONY: policy
policy: ## test the policy alone: form, coverage, matrix, mutants, and Regal
	@go test ./policy/... ./internal/authz/...
	@$(REGAL) lint policy

.PHONY: generate
generate: stack ## write again what is derived from the code: docs/openapi.json, the schema of facts and the golden files
	@go run ./cmd/hamyar openapi > docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json
	@go run ./cmd/hamyar policy schema > policy/facts.schema.json.new && mv policy/facts.schema.json.new policy/facts.schema.json
	@packages=$$(grep -rl --include='*_test.go' '"update"' . | xargs -rn1 dirname | sort -u); \
	  [ -z "$$packages" ] || $(STACK) go test $$packages -update

.PHONY: verify
verify: ## prove that what is derived is current: docs/openapi.json, the schema of facts, go.mod and go.sum of every module
	@echo 'verify: docs/openapi.json'
	@go run ./cmd/hamyar openapi | diff -u docs/openapi.json - || { echo 'docs/openapi.json is not current: make generate' >&2; exit 1; }
	@echo 'verify: policy/facts.schema.json'
	@go run ./cmd/hamyar policy schema | diff -u policy/facts.schema.json - || { echo 'policy/facts.schema.json is not current: make generate' >&2; exit 1; }
	@for module in $$(git ls-files '*go.mod' | xargs -n1 dirname); do \
	  echo "verify: $$module/go.mod"; go -C $$module mod tidy -diff; \
	done

.PHONY: bench
bench: ## measure against the yardstick, in one run (BENCH='-only topic' for some)
	@go run ./bench $(BENCH)

.PHONY: fuzz
fuzz: ## look for what breaks the parsers, FUZZTIME=20s for each target
	@grep -rnoE --include='*_test.go' 'func Fuzz\w+' . | sed -E 's|/[^/]*:[0-9]+:func | |' | sort | while read -r package target; do \
	  echo "fuzz: $$package $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$package" </dev/null; \
	done

.PHONY: clean
clean: ## remove what was built; `make up` keeps its data in .hamyar/
	@rm -rf bin
