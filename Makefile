# Everything here needs Go; `make test` also needs the packages of DEPS, which
# `make deps` installs on Debian as root. `make` alone lists the targets.

GO ?= go

# What the tests drive beside our own code, a line for each purpose.
# real servers with broken chains
DEPS += nginx apache2 haproxy
# real clients that a mended chain is shown to, and test files
DEPS += openssl gnutls-bin

.DEFAULT_GOAL := help
.PHONY: help build test demo bench lint generate deps

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./tlschain
	$(GO) build -o tlschain ./cmd/tlschain

test: deps lint ## run all tests, real servers included
	$(GO) test -timeout 25m ./...

demo: ## scan a dozen servers on loopback, each with a typical fault
	@$(GO) run ./scanner/tlstest/demo

bench: ## measure judging and encoding
	$(GO) test -run '^$$' -bench . -benchmem ./...

lint: ## look for what gofmt and vet object to
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "not formatted: $$unformatted" >&2; exit 1; fi
	$(GO) vet ./...

generate: ## make the generated files anew
	$(GO) generate ./...

deps: ## install what the tests need (Debian, as root)
	@.ci/deps $(DEPS)
