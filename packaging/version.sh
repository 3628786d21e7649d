#!/bin/bash
# Prints the version of the checkout: that of its tag, or of the last tag with
# "+dev.COMMITS.HASH", which sorts after it.
set -euo pipefail
cd "$(dirname "$0")/.."

version() {
	local tag
	tag=$(git describe --tags --match 'v[0-9]*' --abbrev=0 2>/dev/null || echo v0.0.0)
	if [[ $(git describe --tags --match 'v[0-9]*' --exact-match 2>/dev/null) == "$tag" && -z $1 ]]; then
		echo "${tag#v}"
	else
		echo "${tag#v}+dev.$(git rev-list --count HEAD).$(git rev-parse --short=9 HEAD)$1"
	fi
}

version "$([[ -z $(git status --porcelain --untracked-files=no) ]] || echo .modified)"
