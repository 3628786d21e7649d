#!/bin/sh
# Debian's arguments are "configure" and the version that was there before; RPM's is the
# number of versions that are installed now.
set -e

systemd() { [ ! -d /run/systemd/system ] || systemctl "$@"; }

case "$1" in
configure) old=$2 ;;
1) old= ;;
[0-9]*) old=yes ;;
*) exit 0 ;;
esac

systemd daemon-reload
if [ -n "$old" ]; then
	systemd try-restart glance-gateway.service
else
	cat <<-'TEXT'
	glance-gateway is installed, and does not run yet. Edit
	/etc/glance-gateway/Caddyfile, or choose the files of the old service in
	/etc/default/glance-gateway; then: systemctl enable --now glance-gateway
	TEXT
fi
