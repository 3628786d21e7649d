#!/bin/sh
# Before files are unpacked: the user of the service owns some of them.
set -e

if ! getent group glance-gateway >/dev/null; then
	groupadd --system glance-gateway
fi
if ! getent passwd glance-gateway >/dev/null; then
	useradd --system --gid glance-gateway --home-dir /var/lib/glance-gateway --no-create-home \
		--shell /usr/sbin/nologin --comment "Glance registry gateway" glance-gateway
fi
