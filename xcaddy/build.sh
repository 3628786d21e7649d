#!/bin/sh
# Builds ./caddy from this checkout: xcaddy/build.sh [xcaddy's further arguments]
exec xcaddy build v2.11.9 --with "github.com/glancegate/glancegate=$(cd "$(dirname "$0")/.." && pwd)" "$@"
