# Targets are described in CONTRIBUTING.md.

# The time for each fuzz target, and the number of checks of each property in
# "make full".
FUZZTIME ?= 30s
CHECKS   ?= 5000

# FULL=1 replays all cases on the schema of every release, not a sample of them.
# SAMPLE=n chooses the sample, and the part of "make full" that "make rotate" runs.
# It differs for each commit.
SAMPLE ?= $(shell git rev-list --count HEAD 2>/dev/null || echo 0)
export FULL SAMPLE

# RACE=1 turns on the race detector, but for SQLite itself: it is C translated to Go, and
# takes three times as long when it is watched. No package with instances of generic
# functions can be left out (findings/race-detector-shared-instances.sh). A part of the
# recordings is then played under it, and all of them without it; with FULL=1 all are
# played under it.
ifeq ($(RACE),1)
TESTFLAGS += -race -count=1 -gcflags='modernc.org/sqlite/lib=-race=false'
endif
TESTFLAGS += -timeout 60m

STATICCHECK = go run honnef.co/go/tools/cmd/staticcheck@v0.8.2
STATICCHECK_CHECKS = SA*,S1*,U1000,ST1000,ST1001,ST1003,ST1005,ST1006,ST1008,ST1011,ST1012,ST1015,ST1016,ST1017,ST1018,ST1019,ST1020,ST1021,ST1022

# The packages whose tests check properties of random input.
PROPERTIES = $(shell go list -f '{{$$p := .}}{{range .TestImports}}{{if eq . "pgregory.net/rapid"}}{{$$p.ImportPath}}{{end}}{{end}} {{range .XTestImports}}{{if eq . "pgregory.net/rapid"}}{{$$p.ImportPath}}{{end}}{{end}}' ./...)

# The folder for the servers of "make newest", and the part of its matrix to run,
# as in ONLY="MySQL/feed Valkey"; everything if empty.
ROOTS ?= /var/cache/glancegate-roots
ONLY  ?=

# The base URL of another registry, for "make bench".
PEER ?=

.PHONY: run test full newest rotate bench bench-scale soak fuzz lint vuln servers packages packages-test image-test forge-test

run:
	go run ./xcaddy run --config Caddyfile.example --adapter caddyfile

test: servers
	@echo "sample $(SAMPLE): SAMPLE=$(SAMPLE) repeats it"
	go test $(TESTFLAGS) ./...
	$(if $(filter 1,$(RACE)),$(if $(filter 1,$(FULL)),,go test -count=1 -timeout 60m ./integration))

full: lint
	$(MAKE) test RACE=1 FULL=1
	$(if $(strip $(PROPERTIES)),go test -timeout 3h $(PROPERTIES) -rapid.checks=$(CHECKS))
	go test ./integration/coherence -coherence.length 60s
	go test ./integration/publicreads -run PublicReads -publicreads.length 60s
	go test ./integration/publicreads -run PublicReads -publicreads.length 60s -publicreads.database postgresql -publicreads.redis=false
	$(MAKE) fuzz bench

# The servers of integration/newest/versions.txt; writes docs/supported.md.
newest: servers
	.ci/roots.sh $(ROOTS)
	go run ./integration/newest -roots $(ROOTS) $(ONLY)

# Faults under load in their long form, about half an hour, and an hour that shows
# whether a gateway accumulates something.
soak: servers
	go test -v -timeout 3h ./integration/faults -faults.soak -faults.steady 1h

# The part of "make full" whose turn it is.
rotate:
	.ci/fuzz.sh 30s $(SAMPLE)

# Go benchmarks, which benchstat reads, and the tables and plots of
# docs/benchmarks.md. PEER=URL lets another registry take part. Half an hour; nothing
# else should run.
bench: servers
	go test -run '^$$' -bench . -benchmem -timeout 2h ./...
	go test -run '^$$' -bench Suite -benchtime 1x -timeout 2h ./integration/benchmark \
		-suite $(CURDIR)/docs/benchmarks.md -suite.peer '$(PEER)'

# A million images on each database; with the query plans.
bench-scale: servers
	GLANCE_SCALE=1 go test -v -run '^$$' -bench Scale -timeout 30m ./integration/benchmark

fuzz: servers
	.ci/fuzz.sh $(FUZZTIME)

lint:
	@unformatted=$$(gofmt -l .); test -z "$$unformatted" || { echo "not formatted: $$unformatted"; exit 1; }
	go vet ./...
	$(STATICCHECK) -checks '$(STATICCHECK_CHECKS)' ./...

# Known vulnerabilities that the program calls; VULNDB=latest asks for those that are
# known today.
vuln:
	.ci/vuln.sh

# Debian and RPM packages, programs, SBOMs and checksums in dist/.
packages:
	packaging/package.sh

# The packages in a root of their own: installed, started, upgraded, removed.
packages-test: packages
	packaging/test.sh $(ROOTS)

# The image, built and run with podman.
image-test:
	packaging/image-test.sh

# The files of the forge, of Renovate and of releases, checked by their own programs.
forge-test:
	packaging/forge-test.sh

# Installs the servers and programs that the tests start.
servers:
	@.ci/servers.sh
