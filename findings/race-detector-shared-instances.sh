#!/bin/bash
# A package that Go's race detector leaves out makes it report a race in other packages.
#
# go build -race -gcflags=PACKAGE=-race=false compiles one package without the detector,
# for instance one that is slow under it. If that package uses sync.Map, its object file
# has instances of the generic internal/sync.HashTrieMap[any, any], which are compiled
# without the detector, too. The linker keeps one instance of each for the whole program,
# and takes these. From then on sync.Map synchronizes nothing in the eyes of the detector:
# a value that one goroutine stores and another one loads is reported as a data race. The
# report does not name the package. A large program has its report in encoding/json, which
# keeps what it knows of types in a sync.Map. Without the flag nothing is reported.
#
# Go 1.26.8, github.com/modern-go/concurrent of 2018-03-06. Needs Go and a C compiler.
set -euo pipefail
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
cd "$temporary"
export GOTOOLCHAIN=go1.26.8 CGO_ENABLED=1 GOFLAGS=-mod=mod
package=github.com/modern-go/concurrent
cat >go.mod <<MOD
module published

go 1.26

require $package v0.0.0-20180306012644-bacd9c7ef1dd
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"sync"

	"github.com/modern-go/concurrent"
)

type value struct{ n int }

func main() {
	fmt.Println(concurrent.NewMap() != nil) // the package is part of the program
	var m sync.Map
	var both sync.WaitGroup
	both.Go(func() {
		for k := range 1000 {
			v := &value{}
			v.n = k
			m.Store(k, v)
		}
	})
	both.Go(func() {
		for k := range 1000 {
			v, ok := m.Load(k)
			for ; !ok; v, ok = m.Load(k) {
			}
			if v.(*value).n != k {
				panic("not what was stored")
			}
		}
	})
	both.Wait()
}
GO

# reports builds the program and prints whether the detector finds a race in it.
reports() {
	go build -race "$@" -o program .
	./program >output 2>&1 || true
	if grep -q 'DATA RACE' output; then echo "a data race"; else echo nothing; fi
}

go version
go version | grep -q 'go1\.26\.8 '
whole=$(reports)
partly=$(reports -gcflags=$package=-race=false)
echo "everything under the detector: it reports $whole"
echo "all but $package: it reports $partly"
[[ $whole == nothing && $partly == "a data race" ]]
if grep -q modern-go output; then
	echo "the report names the package"
	exit 1
fi
