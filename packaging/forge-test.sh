#!/bin/bash
# Checks the files that only a forge reads, with the programs that read them there.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== workflows"
go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
echo "== .golangci.yaml"
go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 config verify
echo "== .goreleaser.yaml"
go run github.com/goreleaser/goreleaser/v2@v2.15.1 check
echo "== renovate.json"
npx --yes --package node@24 --package renovate@44.121.2 renovate-config-validator --no-global renovate.json
