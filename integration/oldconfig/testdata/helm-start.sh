#!/bin/bash
set -ex
COMMAND="${@:-start}"

function start () {
  exec glance-registry \
        --config-file /etc/glance/glance-registry.conf
}

function stop () {
  kill -TERM 1
}

$COMMAND
