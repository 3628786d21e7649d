#!/bin/bash
# Runs every fuzz target of the module, each for the given time.
set -euo pipefail

for package in $(go list ./...); do
	listing=$(go test -list '^Fuzz' "$package")
	for target in $(grep '^Fuzz' <<<"$listing" || true); do
		echo "$package $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "${1:-30s}" "$package"
	done
done
