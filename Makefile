# What a developer and the CI run. Everything works in a fresh clone; nothing asks a question.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

FUZZTIME ?= 20s

.PHONY: setup build test lint fuzz bench faults screenshots

# setup installs what is missing, or says what to install.
setup:
	@scripts/setup

build:
	go build -trimpath -o bin/bot ./cmd/bot

# The race detector needs cgo, and cgo a C compiler.
test: setup
	CGO_ENABLED=1 go test -race -shuffle=on -timeout 15m ./...

lint: setup
	@unformatted=$$(gofmt -l .); if [[ -n "$$unformatted" ]]; then echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	linter=$$(scripts/golangci-lint); "$$linter" run ./...

# fuzz gives each fuzz test a short time.
fuzz:
	scripts/fuzz $(FUZZTIME)

# bench prints what the journal reaches of what disk and server could do, and how soon the work of a replica that was killed is taken up, as
# ratios of one run.
bench: setup
	go test -count=1 -p 1 -v -run '^(TestRatios|TestReplicaKilledBeforeTheDoor)$$' \
		./internal/journal/embedded ./internal/journal/redis ./cmd/bot -args -ratios | grep -E '^(ratio:|---|FAIL|panic)|_test.go'

KILLS ?= 1000
SEED ?= 0

# faults kills replicas of the bot a thousand times, with everything around them going wrong, and holds the records against each other.
# What it prints as seed repeats its plan: make faults SEED=…
faults: setup
	go test -count=1 -timeout 1h -run '^TestFaults' -v ./cmd/bot -fault.kills $(KILLS) -fault.seed $(SEED)

# Pictures of the README and the documentation.
PICTURES := card outcome telephone attacks watch-human time-scheduled

# screenshots takes them from the runs that test the page.
screenshots: setup
	taken=$$(mktemp -d); trap 'rm -rf "$$taken"' EXIT; \
	go test -count=1 -run '^(TestThreePeople|TestEveryAttackOfThePanel|TestFailuresInABrowser|TestTimeIsMovedOn)' ./cmd/bot -args -pictures "$$taken"; \
	cp $(PICTURES:%="$$taken"/%.png) docs/pictures/
