#!/bin/sh
# The arguments that say that no other version follows: Debian's "remove", RPM's 0.
set -e

case "$1" in
remove | 0)
	if [ -d /run/systemd/system ]; then
		systemctl --no-reload disable --now glance-gateway.service
	fi
	;;
esac
