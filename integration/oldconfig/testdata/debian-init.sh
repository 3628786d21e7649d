#!/bin/sh
# What the init script of the package does, without the functions of its library.
NAME=glance-registry
DAEMON=/usr/bin/glance-registry
PIDFILE=/var/run/glance/glance-registry.pid
DAEMON_ARGS="--config-file=/etc/glance/glance-registry.conf --log-file=/var/log/glance/glance-registry.log"

case "$1" in
start)
	start-stop-daemon --start --quiet --background --chdir /var/lib/glance --chuid glance:glance \
		--make-pidfile --pidfile $PIDFILE --startas $DAEMON -- $DAEMON_ARGS
	;;
reload)
	start-stop-daemon --stop --quiet --signal HUP --pidfile $PIDFILE
	;;
stop)
	start-stop-daemon --stop --quiet --retry=TERM/30/KILL/5 --pidfile $PIDFILE
	;;
esac
