#!/bin/bash
# Builds the image for all architectures and pushes it under one name. It needs
# podman, and a login at the registry.
#
#	packaging/image-push.sh ghcr.io/glancegate/glancegate:1.0.0
set -euo pipefail
cd "$(dirname "$0")/.."
name=$1

podman manifest create "$name"
for architecture in amd64 arm64; do
	packaging/image.sh "$architecture" "$name-$architecture"
	podman manifest add "$name" "containers-storage:$name-$architecture"
done
podman manifest push --all "$name" "docker://$name"
