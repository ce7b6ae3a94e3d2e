# Boon: `make run` and `make test` are all it takes on a machine with Go, a C compiler and Node; `make help` lists the rest.
SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -X main.version=$(VERSION)
DATA    ?= data
LISTEN  ?= 127.0.0.1:8080
SHOP    ?= examples/boutique
SEED    ?= 1
N       ?= 20
FUZZ    ?= 10s
NODE_CLIENTS := clients/segment-node clients/openfeature-node

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/boon
	@mkdir -p bin
	go build -ldflags '$(LDFLAGS)' -o bin/boon ./cmd/boon

.PHONY: run
run: build ## build and serve the example shop: DATA=data LISTEN=127.0.0.1:8080 SHOP=examples/boutique
	bin/boon serve --data $(DATA) --listen $(LISTEN) --bundle $(SHOP) --products $(SHOP)/products.csv

.PHONY: test
test: node-client ## run every test, the npm clients included
	go test ./...

# Installs each npm client from its lock file, only when the lock is newer than what is installed.
.PHONY: node-client
node-client:
	@if ! command -v npm >/dev/null; then echo "node is not installed: the tests of npm clients are skipped"; \
	else for client in $(NODE_CLIENTS); do \
		if [ $$client/package-lock.json -nt $$client/node_modules/.package-lock.json ]; then npm --prefix $$client ci; fi; done; fi

.PHONY: check
check: fmt-check ## format, vet, layout and short tests: under a minute with a warm cache
	go vet ./...
	go test -run 'TestLayout|TestExcuse|TestArchitecture' .
	go test -short ./...

.PHONY: fmt-check
fmt-check:
	@bad=$$(git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -l); \
	if [ -n "$$bad" ]; then echo "not formatted, run gofmt -w on:"; echo "$$bad"; exit 1; fi

.PHONY: lint
lint: fmt-check ## gofmt, go vet and staticcheck (pinned in tools/go.mod)
	go vet ./...
	@mkdir -p bin
	cd tools && go build -o ../bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	bin/staticcheck ./...
	cd bench/peers && ../../bin/staticcheck ./...

.PHONY: race
race: node-client ## run the tests under the race detector
	CGO_ENABLED=1 go test -race ./...

.PHONY: race-short
race-short:
	CGO_ENABLED=1 go test -race -short ./...

.PHONY: bench
bench: build ## run every Go benchmark, then boon bench over HTTP and in process
	go test -run '^$$' -bench . -benchmem ./...
	bin/boon bench decide
	bin/boon bench decide --http --rate 1000
	bin/boon bench ingest --http
	bin/boon bench redeem --http
	bin/boon bench replay
	bin/boon bench replay --orders

PEERS    ?=
SIZES    ?= 10 100 1000 10000
SECONDS  ?= 2
GO_PEERS := boon closures cel expr grule
.PHONY: bench-peers
bench-peers: $(if $(filter-out $(GO_PEERS),$(or $(PEERS),all)),node-peers)
bench-peers: ## ask Boon and other rule engines the same: PEERS="boon cel zen" SIZES="100 1000" SECONDS=2 JSON=1
	@mkdir -p bin
	@cd bench/peers && go build -o ../../bin/peers .
	@cd bench/peers && ../../bin/peers --sizes "$(SIZES)" --seconds $(SECONDS) $(if $(PEERS),--peers "$(PEERS)") $(if $(JSON),--json)

# Installs the npm peers from their lock files; what does not install is named under the table as missing.
.PHONY: node-peers
node-peers:
	@for dir in bench/peers/node/*/; do dir=$${dir%/}; \
		if [ $$dir/package-lock.json -nt $$dir/node_modules/.package-lock.json ]; then \
			npm --prefix $$dir ci --ignore-scripts || echo "$$dir cannot be installed"; fi; \
	done >&2

.PHONY: peers-test
peers-test: ## vet and test bench/peers, a module of its own: its Go engines agree, a wrong answer is refused
	cd bench/peers && go vet ./... && go test ./...

.PHONY: fuzz
fuzz: ## run each Fuzz function for FUZZ=10s
	@grep -rhoE --include='*_test.go' --with-filename '^func Fuzz[A-Za-z0-9_]+' . \
	| sed -E 's|^(.*)/[^/]+:func (Fuzz.*)$$|\1 \2|' | sort \
	| while read -r dir name; do echo "== $$dir $$name"; go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZ) "$$dir"; done

.PHONY: sim
sim: HISTORIES = $(if $(filter file,$(origin N)),1000,$(N))
sim: ## a thousand simulated histories with faults, from SEED=1 on; N=100000 for more
	go test -count=1 -timeout 60m -v -run 'TestHistories$$' ./sim -args -seed $(SEED) -histories $(HISTORIES)

.PHONY: crash
crash: build ## kill -9 the real binary under load N=20 times and compare the end with an undisturbed run
	BOON_CRASHES=$(N) go test -count=1 -timeout 60m -v -run Crash ./cmd/boon

.PHONY: hledger
hledger: ## export a whole Complete Journey replay and let hledger compare every balance: BOON_SHARED_DATA=DIR
	BOON_WHOLE_REPLAY=1 go test -count=1 -v -run TestHledgerAgrees ./cmd/boon

.PHONY: generate
generate: ## write the generated code and docs anew
	go generate ./...

.PHONY: clean
clean: ## remove what the targets built; the data folder stays
	rm -rf bin $(NODE_CLIENTS:=/node_modules)
