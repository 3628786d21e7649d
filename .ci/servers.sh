#!/bin/bash
# Installs the missing servers and programs that the tests start. Without root it
# only lists them; the tests that need them are skipped.
set -euo pipefail

missing=()
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
PATH=$PATH:/usr/sbin command -v mariadbd >/dev/null || missing+=(mariadb-server galera-4 rsync)
command -v redis-server >/dev/null || missing+=(redis-server)
PATH=$PATH:/usr/sbin command -v pgbouncer >/dev/null || missing+=(pgbouncer)
PATH=$PATH:/usr/sbin command -v haproxy >/dev/null || missing+=(haproxy)
PATH=$PATH:/usr/sbin command -v nginx >/dev/null || missing+=(nginx-light)
PATH=$PATH:/usr/sbin command -v varnishd >/dev/null || missing+=(varnish)
command -v wrk >/dev/null || missing+=(wrk)
command -v keystone-wsgi-public >/dev/null || missing+=(keystone)
command -v glance-api >/dev/null || missing+=(glance-api)
/usr/bin/python3 -c 'import glanceclient, pymysql, psycopg2' 2>/dev/null || missing+=(python3-glanceclient python3-pymysql python3-psycopg2)
/usr/bin/python3 -c 'import openstackclient' 2>/dev/null || missing+=(python3-openstackclient)
PATH=$PATH:/usr/sbin:/sbin command -v ip >/dev/null || missing+=(iproute2)
command -v curl >/dev/null || missing+=(curl)
command -v jq >/dev/null || missing+=(jq)
command -v promtool >/dev/null || missing+=(prometheus)
command -v chromium >/dev/null || missing+=(chromium)
(( ${#missing[@]} )) || exit 0

if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
	echo "not installed: ${missing[*]}" >&2
	exit 0
fi

# The packages would start their services, and fail without an init system.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
	trap 'rm -f "$policy"' EXIT
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q -o DPkg::Lock::Timeout=120 update
apt-get -qy -o DPkg::Lock::Timeout=120 install --no-install-recommends "${missing[@]}"
