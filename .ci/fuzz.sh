#!/bin/bash
# Runs every fuzz target of the module, each for the given time; or, with a
# number, only one of them; consecutive numbers choose consecutive targets.
set -euo pipefail

targets=()
for package in $(go list ./...); do
	listing=$(go test -list '^Fuzz' "$package")
	for target in $(grep '^Fuzz' <<<"$listing" || true); do
		targets+=("$package $target")
	done
done
if [[ -n ${2:-} ]]; then
	targets=("${targets[10#$2 % ${#targets[@]}]}")
fi
for line in "${targets[@]}"; do
	read -r package target <<<"$line"
	echo "$package $target"
	go test -run '^$' -fuzz "^$target\$" -fuzztime "${1:-30s}" "$package"
done
