#!/bin/sh
# Builds ./caddy from this checkout: xcaddy/build.sh [xcaddy's further arguments]
# The package is named by its folder, since xcaddy asks the module proxy for the
# root package of a module, also of a local one.
exec xcaddy build v2.11.9 --with github.com/glancegate/glancegate/caddymodule --replace "github.com/glancegate/glancegate=$(cd "$(dirname "$0")/.." && pwd)" "$@"
