#!/bin/bash
# Prints the Go release that programs are built with, as go.mod names it. Go gets it from
# the module proxy if another one is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
sed -n 's/^toolchain //p' go.mod
