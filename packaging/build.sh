#!/bin/bash
# Builds the gateway as packages and images have it: static, stripped, and with the
# same bytes for the same commit, wherever it is built. The release of Go is that of
# go.mod, also if another one is installed.
#
#	packaging/build.sh ARCHITECTURE FILE
#
# ARCHITECTURE is amd64 or arm64. VERSION is the version, by default that of
# packaging/version.sh.
set -euo pipefail
architecture=$1 file=$(realpath -m "$2")
cd "$(dirname "$0")/.."

package=github.com/glancegate/glancegate/internal/version
version=${VERSION:-$(packaging/version.sh)}
commit=$(git rev-parse HEAD)
date=$(TZ=UTC git show -s --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ HEAD)

GOTOOLCHAIN=$(packaging/toolchain.sh)
export GOTOOLCHAIN
CGO_ENABLED=0 GOOS=linux GOARCH=$architecture GOAMD64=v1 GOFLAGS='' go build -trimpath -buildvcs=false \
	-ldflags "-s -w -buildid= -X $package.version=$version -X $package.commit=$commit -X $package.date=$date" \
	-o "$file" ./xcaddy
