# Fusebox. `make` alone lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
export FUSEBOX_TEST_CACHE ?= $(HOME)/.cache/fusebox-test
# What needs more than Go, by build tag: a real ClickHouse, the published
# clients, a system-call tracer.
TAGS := engines,clients,strace
# What has goroutines in the embedded engine. Everything else there waits for one
# writer, and the database, which is C turned into Go, is ten times slower under
# the race detector.
RACY := TestContract/.*/(concurrency|cancelled|closed|stable|bounded|sent_again)|Concurrent|Group|Queue|Alone|Leave|Close

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-20s %s\n", $$1, $$2}'

.PHONY: run
run: build ## build and start with an embedded store in ./fusebox-data
	./bin/fusebox serve

.PHONY: build
build: ## build the static binary bin/fusebox
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/fusebox ./cmd/fusebox

.PHONY: test
test: ## everything that needs nothing but Go
	CGO_ENABLED=0 go test ./...

.PHONY: test-all
test-all: lint deps test ## test, and the race detector, real engines and real clients
	go test -race -short -timeout 40m $$(go list ./... | grep -vE '/(e2e|telemetry/sqlite)$$')
	go test -race -short -timeout 40m -run '$(RACY)' ./internal/telemetry/sqlite
	. scripts/test-env.sh && go test -count=1 -timeout 40m -tags $(TAGS) -run "$$(scripts/tagged.sh tests)" $$(scripts/tagged.sh packages)

.PHONY: deps
deps: ## fetch the engines and clients that test-all uses into a cache
	scripts/install-test-deps.sh

.PHONY: lint
lint: ## formatting, go vet and the linters
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run make fmt'; exit 1; }
	go vet -tags $(TAGS) ./...
	scripts/tool.sh golangci-lint run

.PHONY: fmt
fmt: ## format all Go files
	scripts/tool.sh gofumpt -w $$(git ls-files '*.go')

.PHONY: generate
generate: ## rewrite the generated files: API document, settings page
	go generate ./internal/api/...
	go test ./internal/config -run TestDocument -count=1 -update

.PHONY: conformance
conformance: deps build ## run the published clients against the binary
	. scripts/test-env.sh && go test -count=1 -timeout 20m -tags clients -v ./conformance/...

.PHONY: conformance-mutants
conformance-mutants: ## break every row of the mapping and fold tables in turn
	go run ./conformance/mutants

.PHONY: record
record: ## record anew what published instrumentations send; installs them all, takes an hour
	go run ./conformance/record

.PHONY: bench
bench: build ## load generator and scoreboard
	go run ./bench -binary bin/fusebox

.PHONY: soak
soak: build ## long kills and long fuzzing
	go test -count=1 -timeout 3h ./e2e -run Kill -kills 200
	scripts/fuzz.sh 10m
