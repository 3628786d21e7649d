#!/bin/bash
# MySQL 9.7.4 takes a row whose foreign key leads nowhere, if a unique key begins
# with the column of the foreign key and another column of that key is NULL.
#
# With innodb_native_foreign_keys=OFF, the default, the server checks foreign keys above
# InnoDB. A row of the kind of Glance's image_members, UNIQUE (image_id, member,
# deleted_at) with deleted_at NULL, is stored then without its parent, and no error
# says so. With a value in deleted_at, or without the unique key, the same row is
# refused with error 1452. With innodb_native_foreign_keys=ON all of them are refused.
#
# Needs root, debootstrap and a Debian mirror; or MYSQL_ROOT, a folder that has
# mysql-server-core and mysql-client-core already.
set -euo pipefail
version=9.7.4-2
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
if [[ -z ${IN_NAMESPACE:-} ]]; then
	exec env IN_NAMESPACE=1 unshare --mount --propagation private "$0" "$@"
fi
temporary=$(mktemp -d)
trap '[[ -z ${server:-} ]] || kill -9 "$server" 2>/dev/null; umount -l "$root/tmp" "$root/dev" 2>/dev/null; rm -rf --one-file-system "$temporary"' EXIT
root=${MYSQL_ROOT:-$temporary/root}
if [[ -z ${MYSQL_ROOT:-} ]]; then
	debootstrap --variant=minbase sid "$root" "$mirror" >"$temporary/log"
	echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/80mirror"
	{
		chroot "$root" apt-get -q update
		chroot "$root" apt-get -qy install --no-install-recommends \
			"mysql-server-core=$version" "mysql-client-core=$version"
	} >>"$temporary/log" 2>&1 || { tail -n 5 "$temporary/log"; exit 2; }
fi
mount -t tmpfs tmpfs "$root/tmp"
mount --rbind /dev "$root/dev"

# on VALUE: what happens to each row where innodb_native_foreign_keys is VALUE.
on() {
	local common=(--no-defaults --user=root --datadir=/tmp/data --skip-networking --mysqlx=OFF
		--socket=/tmp/socket --pid-file=/tmp/pid --secure-file-priv=NULL --skip-log-bin
		--innodb-native-foreign-keys="$1")
	rm -rf "$root/tmp/data"
	chroot "$root" mysqld "${common[@]}" --initialize-insecure >"$temporary/log" 2>&1
	chroot "$root" mysqld "${common[@]}" >>"$temporary/log" 2>&1 &
	server=$!
	for _ in {1..120}; do
		chroot "$root" mysqladmin --no-defaults -S /tmp/socket -s ping >/dev/null 2>&1 && break
		sleep 0.5
	done
	chroot "$root" mysql --no-defaults -S /tmp/socket -N --force 2>&1 <<-'SQL' | sed -E 's/^(ERROR 1452).*/\1/'
		SELECT VERSION();
		CREATE DATABASE d; USE d;
		CREATE TABLE images (id VARCHAR(36) PRIMARY KEY);
		CREATE TABLE members (
			id INT AUTO_INCREMENT PRIMARY KEY, image_id VARCHAR(36) NOT NULL, member VARCHAR(36) NOT NULL, deleted_at DATETIME,
			UNIQUE KEY (image_id, member, deleted_at), FOREIGN KEY (image_id) REFERENCES images (id));
		CREATE TABLE plain (
			id INT AUTO_INCREMENT PRIMARY KEY, image_id VARCHAR(36) NOT NULL, member VARCHAR(36) NOT NULL, deleted_at DATETIME,
			FOREIGN KEY (image_id) REFERENCES images (id));
		INSERT INTO members (image_id, member, deleted_at) VALUES ('none', 'a', NULL);
		INSERT INTO members (image_id, member, deleted_at) VALUES ('none', 'b', '2026-01-01');
		INSERT INTO plain (image_id, member, deleted_at) VALUES ('none', 'c', NULL);
		SELECT 'members', member, COALESCE(deleted_at, 'NULL') FROM members UNION ALL SELECT 'plain', member, 'NULL' FROM plain;
	SQL
	kill "$server"; wait "$server" 2>/dev/null || true
	server=
}

{
	echo "innodb_native_foreign_keys=OFF, the default"
	on OFF
	echo "innodb_native_foreign_keys=ON"
	on ON
} >"$temporary/got"
got=$(cat "$temporary/got")
want="innodb_native_foreign_keys=OFF, the default
9.7.4-2
ERROR 1452
ERROR 1452
members	a	NULL
innodb_native_foreign_keys=ON
9.7.4-2
ERROR 1452
ERROR 1452
ERROR 1452"
echo "$got"
[[ $got == "$want" ]] || { printf 'This has changed. Expected:\n%s\n' "$want"; exit 1; }
