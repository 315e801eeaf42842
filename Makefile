# Everything a contributor types. What a target does it says in its own commands; `make help` lists them.
#
#   make up    start the cloud        make test    everything that must be green

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build up down tutorial test test-race test-e2e lint fuzz bench clean

BIN := bin/alcedo
FUZZTIME ?= 10s

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

build: ## build bin/alcedo, one static binary
	@mkdir -p bin
	CGO_ENABLED=0 go build -trimpath -o $(BIN) ./cmd/alcedo

up: build ## start the cloud in the background; print its names, the owner's sign-in and what to try next
	@$(BIN) up --detach

down: build ## stop the cloud; its state stays
	@$(BIN) down

tutorial: build ## play the tutorial, all parts (in the running cloud, else in one of its own)
	@$(BIN) tutorial

test: ## everything that must be green: unit tests, house rules, races, real clients
	go test -timeout 20m ./...
	$(MAKE) --no-print-directory test-race
	$(MAKE) --no-print-directory test-e2e

# The packages in which goroutines meet. The house rules and the crash tests have nothing to race and are left out.
RACED = $$(go list ./internal/... | grep -vE '/(archtest|cli|app|store/postgres)$$')

test-race: ## the unit tests again, watched for data races
	@if command -v "$$(go env CC)" >/dev/null; then \
	  echo "go test -race -short ./internal/..."; go test -race -short -timeout 20m $(RACED); \
	elif [ "$${ALCEDO_REQUIRE_CLIENTS:-}" = 1 ]; then echo "no C compiler: the race detector needs one" >&2; exit 1; \
	else echo "skipped: the race detector needs a C compiler ($$(go env CC))"; fi

test-e2e: ## unmodified clients against the real binary (an absent client is skipped by name)
	cd e2e && go vet ./... && go test -timeout 20m ./...

lint: ## vet, staticcheck, gofumpt and the house rules
	go vet ./...
	go tool staticcheck ./...
	test -z "$$(go tool gofumpt -l . | tee /dev/stderr)"
	go test -run 'Test(Imports|House|NoMutable|Package|Divergences|Dependencies|Links|NoPlace)' ./internal/archtest

fuzz: ## run each fuzz target for FUZZTIME (10s unless said otherwise)
	@for p in $$(go list ./internal/...); do \
	  for f in $$(go test -list '^Fuzz' $$p 2>/dev/null | grep '^Fuzz' || true); do \
	    echo "== $$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) $$p; \
	  done; \
	done

bench: build ## measure the whole system beside what it is compared with; BENCH='-only sql' takes a part
	go run ./bench -alcedo $(BIN) $(BENCH)

clean: ## remove what was built
	rm -rf bin dist
