#!/bin/bash
# Builds the image for one architecture with podman, docker or buildah, whichever is
# there. It needs no registry: the image begins from nothing.
#
#	packaging/image.sh [ARCHITECTURE [TAG]]
set -euo pipefail
cd "$(dirname "$0")/.."
architecture=${1:-$(go env GOHOSTARCH)}
tag=${2:-glance-gateway:$(packaging/version.sh | tr + -)}

packaging/build.sh "$architecture" "build/glance-gateway-$architecture"
mkdir -p build/folders/var/lib/glance-gateway build/folders/run/glance-gateway
tar --create --file build/folders.tar --directory build/folders --no-recursion --mtime=@0 --owner=65532 --group=65532 --mode=0750 \
	var/lib/glance-gateway run/glance-gateway
arguments=(--file packaging/image/Containerfile --platform "linux/$architecture" --build-arg "TARGETARCH=$architecture" --tag "$tag"
	--label "org.opencontainers.image.revision=$(git rev-parse HEAD)" --label "org.opencontainers.image.version=$(packaging/version.sh)"
	--label org.opencontainers.image.source=https://github.com/glancegate/glancegate --label org.opencontainers.image.licenses=Apache-2.0)
if command -v podman >/dev/null; then
	# Docker's format has the health check.
	podman build --format docker --timestamp "$(git show -s --format=%ct HEAD)" "${arguments[@]}" .
elif command -v docker >/dev/null && docker info >/dev/null 2>&1; then
	docker build "${arguments[@]}" .
elif command -v buildah >/dev/null; then
	buildah build --format docker --timestamp "$(git show -s --format=%ct HEAD)" "${arguments[@]}" .
else
	echo "neither podman nor docker with its engine nor buildah is here" >&2
	exit 1
fi
echo "$tag"
