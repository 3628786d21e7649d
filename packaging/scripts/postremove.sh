#!/bin/sh
# A purge of Debian's leaves nothing. RPM has none: configuration that was changed,
# logs and the user stay.
set -e

case "$1" in
purge)
	rm -rf /var/lib/glance-gateway /var/log/glance-gateway
	rm -f /etc/glance-gateway/database_password /etc/glance-gateway/healthcheck_disable
	if [ -d /etc/glance-gateway ]; then
		rmdir --ignore-fail-on-non-empty /etc/glance-gateway
	fi
	if getent passwd glance-gateway >/dev/null; then
		userdel glance-gateway
	fi
	if getent group glance-gateway >/dev/null; then
		groupdel glance-gateway
	fi
	;;
esac

if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
