# Everything here needs Go; `make test` also needs the packages of DEPS, which
# `make deps` installs on Debian as root. `make` alone lists the targets.
# CONTRIBUTING.md tells which of them to use when.

GO ?= go

# Programs that look at the source. Their versions are in a module file of their
# own, so that the product's lists nothing that the product does not have.
TOOL = $(GO) tool -modfile=.ci/tools.mod

# What the tests drive beside our own code, a line for each purpose: Debian
# packages, or PACKAGE:PROGRAM where the program may be there without it.
# real servers with broken chains, and those that mends are installed on
DEPS += nginx libnginx-mod-mail apache2 haproxy caddy tomcat10 postfix
# clients that are shown the chains
DEPS += openssl gnutls-bin libnss3-tools curl openjdk-17-jdk-headless nodejs:node python3 chromium firefox-esr
# small clients of ours, in C and C++
DEPS += gcc g++ libc6-dev libmbedtls-dev libwolfssl-dev libbearssl-dev libbotan-2-dev
# servers that change to TLS in mid-connection
DEPS += dovecot-imapd dovecot-pop3d dovecot-lmtpd dovecot-managesieved vsftpd slapd prosody
DEPS += mariadb-server inspircd cyrus-nntpd xrdp
# a name server that signs, and a resolver that validates
DEPS += bind9 bind9-utils:dnssec-signzone
# the audit's other database; also a server that changes to TLS
DEPS += postgresql-15
# clients that store certificates, and the server that gives them some
DEPS += certbot lego pebble
# readers of reports
DEPS += libxml2-utils graphviz npm:npm python3-icalendar
# what a build of a tag has its version from
DEPS += git:git
# readers of manual pages; shells that complete
DEPS += man-db groff-base fish zsh

.DEFAULT_GOAL := help
.PHONY: help build check test demo bench lint quicklint cross vetcross generate update new-rule fuzz govulncheck deps conformance scale soak kill race

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./tlschain
	$(GO) build -o tlschain ./cmd/tlschain

check: build quicklint ## what to run before a commit: build, lint, and the tests that need nothing but Go
	$(GO) test -short ./...

# What is tested under the race detector each time: all that starts goroutines. The
# rules start none, and the program's tests mostly start programs; `make race` has them.
UNRACED = -e /tlschain/rules -e '/cmd/tlschain$$'

test: deps lint cross ## run all tests, real servers included
	$(GO) test -race -timeout 60m $$($(GO) list ./... | grep -v $(UNRACED))
	$(GO) test -timeout 60m $$($(GO) list ./... | grep $(UNRACED))

race: deps ## run all tests under the race detector, those too that start no goroutine (an hour)
	$(GO) test -race -timeout 2h ./...

demo: ## scan 13 servers on loopback, most with a typical fault; on a terminal they stay until Enter is pressed
	@$(GO) run ./scanner/tlstest/demo

conformance: deps ## show many random chains to real clients (CONFORMANCE_CHAINS=2000)
	@for build in rules/client/conformance/*/build; do $$build || echo "$$build failed: the client is left out" >&2; done
	CONFORMANCE_CHAINS=$${CONFORMANCE_CHAINS:-2000} $(GO) test -timeout 6h -count 1 -v ./rules/client/conformance

bench: build ## measure scans beside the least they could cost, then judging and encoding
	$(GO) run ./scanner/tlstest/bench -tlschain ./tlschain
	$(GO) run ./scanner/tlstest/bench -tlschain ./tlschain -distinct
	$(GO) run ./scanner/tlstest/bench -tlschain ./tlschain -mixed
	$(GO) test -run '^$$' -bench . -benchmem ./...

scale: ## audits that many workers share: exactly once under faults, two workers' time, and the model of SCALE.md (as root, half an hour)
	$(GO) test -count 10 -timeout 0 ./audit/queue
	$(GO) test -tags scale -count 1 -timeout 0 -v ./audit/scale

soak: ## hours of audits under load with a fault each minute: nothing lost, told twice or leaked (SOAK=2h; as root)
	$(GO) test -tags soak -count 1 -timeout 0 -v -run TestSoak ./audit/scale -soak $${SOAK:-2h}

kill: ## kill every writer of a file, of a history and of the queue at KILLS=50 moments
	TLSCHAIN_KILLS=$${KILLS:-50} $(GO) test -count 1 -timeout 0 -v -run '^TestKill' ./cmd/tlschain
	TLSCHAIN_KILLS=$${KILLS:-50} $(GO) test -count 1 -timeout 0 -v -run '^TestQueue$$/anywhere' ./audit/queue

fuzz: ## feed each reader of foreign bytes random ones for a while (FUZZTIME=30s each, FUZZ=a pattern of their names)
	GO=$(GO) .ci/fuzz

lint: quicklint ## look for what gofmt, vet, staticcheck and unparam object to
	$(TOOL) unparam ./...

# What remembers the packages that it has seen; unparam reads them all each time.
quicklint:
	@unformatted=$$(gofmt -l .); \
	if [ -n "$$unformatted" ]; then echo "not formatted: $$unformatted" >&2; exit 1; fi
	$(GO) vet ./...
	$(TOOL) staticcheck ./...

# Each system and each architecture that .goreleaser.yaml releases for, once: a build
# takes a minute. Whether it compiles is told sooner without optimizing.
CROSS = linux/arm64 darwin/arm64 windows/amd64 freebsd/amd64

cross: ## build for each system and architecture that is released for
	@for target in $(CROSS); do \
		echo "build for $$target"; GOOS=$${target%/*} GOARCH=$${target#*/} CGO_ENABLED=0 \
		$(GO) build -gcflags='all=-N -l' -o /dev/null ./cmd/tlschain || exit 1; done

vetcross: ## vet, tests included, for the other systems that are released for
	@for os in windows darwin freebsd; do \
		echo "vet for $$os"; GOOS=$$os CGO_ENABLED=0 $(GO) vet ./... || exit 1; done

generate: ## make the generated files anew: the catalog of certificates, if its sources are in ../shared/data
	$(GO) generate ./...

update: ## write all that tests compare with anew: rules/README.md, the schema, reports, docs, transcripts; then look at git diff
	$(GO) test -short -count 1 ./rules ./reports -update
	$(GO) test -count 1 ./scanner -run TestOpenSSLServers -update
	$(GO) test -count 1 ./cmd/tlschain -run "TestScript|TestDocuments|TestCommandReference" -update

new-rule: ## begin a rule: make new-rule NAME=short-lived-leaf
	@.ci/new-rule "$(NAME)"

govulncheck: ## look dependencies up in Go's database of vulnerabilities, where it can be reached
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./... || \
		{ echo "it found what it says above, or cannot reach https://vuln.go.dev: then nothing is known" >&2; exit 1; }

deps: ## install what the tests need (Debian, as root)
	@.ci/deps $(DEPS)
