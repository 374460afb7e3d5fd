# Everything here needs Go; `make test` also needs the packages of DEPS, which
# `make deps` installs on Debian as root. `make` alone lists the targets.

GO ?= go

# What the tests drive beside our own code, a line for each purpose: Debian
# packages, or PACKAGE:PROGRAM where the program may be there without it.
# real servers with broken chains, and those that mends are installed on
DEPS += nginx apache2 haproxy caddy tomcat10 postfix
# clients that are shown the chains
DEPS += openssl gnutls-bin libnss3-tools curl openjdk-17-jdk-headless nodejs:node python3 chromium firefox-esr
# small clients of ours, in C and C++
DEPS += gcc g++ libc6-dev libmbedtls-dev libwolfssl-dev libbearssl-dev libbotan-2-dev
# servers that change to TLS in mid-connection
DEPS += dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-managesieved vsftpd slapd prosody
DEPS += mariadb-server inspircd cyrus-nntpd xrdp
# the audit's other database; also a server that changes to TLS
DEPS += postgresql-15
# readers of reports
DEPS += libxml2-utils graphviz npm:npm

.DEFAULT_GOAL := help
.PHONY: help build test demo bench lint generate deps conformance

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./tlschain
	$(GO) build -o tlschain ./cmd/tlschain

test: deps lint ## run all tests, real servers included
	$(GO) test -timeout 25m ./...

demo: ## scan a dozen servers on loopback, each with a typical fault
	@$(GO) run ./scanner/tlstest/demo

conformance: deps ## show many random chains to real clients (CONFORMANCE_CHAINS=2000)
	@for build in rules/client/conformance/*/build; do $$build || echo "$$build failed: the client is left out" >&2; done
	CONFORMANCE_CHAINS=$${CONFORMANCE_CHAINS:-2000} $(GO) test -timeout 6h -count 1 -v ./rules/client/conformance

bench: build ## measure scans beside the least they could cost, then judging and encoding
	$(GO) run ./scanner/tlstest/bench -tlschain ./tlschain
	$(GO) run ./scanner/tlstest/bench -tlschain ./tlschain -distinct
	$(GO) test -run '^$$' -bench . -benchmem ./...

lint: ## look for what gofmt and vet object to
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "not formatted: $$unformatted" >&2; exit 1; fi
	$(GO) vet ./...

generate: ## make the generated files anew
	$(GO) generate ./...

deps: ## install what the tests need (Debian, as root)
	@.ci/deps $(DEPS)
