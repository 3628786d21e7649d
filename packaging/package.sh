#!/bin/bash
# Makes the packages, programs, SBOMs and checksums of the checkout in a folder:
#
#	packaging/package.sh [FOLDER]
#
# Intermediate files are in build/. The programs of one commit are the same, byte for byte;
# packaging/test.sh compares two builds.
# ARCHITECTURES and PACKAGERS choose some: amd64, arm64; deb, rpm.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-dist}
read -ra architectures <<<"${ARCHITECTURES:-amd64 arm64}"
read -ra packagers <<<"${PACKAGERS:-deb rpm}"

nfpm='go run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.0'
sbom='go run github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0'

VERSION=${VERSION:-$(packaging/version.sh)}
SOURCE_DATE_EPOCH=$(git show -s --format=%ct HEAD)
export VERSION SOURCE_DATE_EPOCH

rm -rf build/man build/completions "$folder"
mkdir -p build/completions "$folder"

for architecture in "${architectures[@]}"; do
	packaging/build.sh "$architecture" "build/glance-gateway-$architecture"
done

# The program describes itself; any architecture's text is the same.
host=build/glance-gateway-$(go env GOHOSTARCH)
"$host" manpage --directory build/man
gzip -9n build/man/*.8
for shell in bash zsh fish; do
	"$host" completion "$shell" >"build/completions/$shell"
done

for architecture in "${architectures[@]}"; do
	program=build/glance-gateway-$architecture
	for packager in "${packagers[@]}"; do
		ARCHITECTURE=$architecture $nfpm package --config packaging/nfpm.yaml --packager "$packager" --target "$folder/"
	done
	$sbom bin -json -noserial -output "$folder/glance-gateway-$architecture.cdx.json" "$program"
	cp "$program" "$folder/glance-gateway-linux-$architecture"
done
sums=$(cd "$folder" && sha256sum -- *)
echo "$sums" >"$folder/SHA256SUMS"
ls -l "$folder"
