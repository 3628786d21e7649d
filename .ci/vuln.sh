#!/bin/bash
# Reports known vulnerabilities of the modules and of the Go release that the program is
# made of, if the program calls what is vulnerable. The database comes from the module
# proxy, like the modules themselves: vuln.go.dev is not needed. The version is fixed, so
# that a commit has one result; VULNDB=latest asks for today's database.
set -euo pipefail
cd "$(dirname "$0")/.."
version=${VULNDB:-v0.0.0-20261105234957-e22db6528018}
folder=$PWD/build/vulndb/$version

if [[ $version == latest || ! -e $folder/index/vulns.json ]]; then
	rm -rf build/vulndb
	reports=$(go mod download -json "golang.org/x/vulndb@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
	go run "golang.org/x/vulndb/cmd/indexdb@$version" -vulns "$reports/data/osv" -out "$folder"
fi
# As the packages are built.
GOTOOLCHAIN=$(packaging/toolchain.sh) CGO_ENABLED=0 go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 -db "file://$folder" ./xcaddy
