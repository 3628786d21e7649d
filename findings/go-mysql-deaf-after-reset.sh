#!/bin/bash
# A reader of go-mysql 1.16.0 hears nothing of MySQL 9.7.4 after RESET BINARY LOGS AND
# GTIDS, and no error, for as long as the new binlog is shorter than the old one was.
#
# Where the reset happens in the first file, the new file has the name of the old
# one, binlog.000001. The server leaves the connection of the reader open, and
# sends it heartbeats from the position where it was, which is behind the end of
# the new file. What is committed then is not sent. A connection that begins anew
# at that position gets error 1236.
#
# Needs root, Go, and debootstrap with a Debian mirror; or MYSQL_ROOT, a folder that
# has mysql-server-core and mysql-client-core already.
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

mkdir "$temporary/reader"
cat >"$temporary/reader/go.mod" <<'MOD'
module reader

go 1.24

require github.com/go-mysql-org/go-mysql v1.16.0
MOD
cat >"$temporary/reader/main.go" <<'GO'
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/go-mysql-org/go-mysql/client"
	"github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"
)

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
}

func follow(port int, at mysql.Position) *replication.BinlogStreamer {
	s := replication.NewBinlogSyncer(replication.BinlogSyncerConfig{
		ServerID: 77, Flavor: "mysql", Host: "127.0.0.1", Port: uint16(port), User: "root",
		HeartbeatPeriod: 200 * time.Millisecond, DisableRetrySync: true, Logger: slog.New(slog.DiscardHandler),
	})
	stream, err := s.StartSync(at)
	check(err)
	return stream
}

// hears counts the events of two seconds.
func hears(stream *replication.BinlogStreamer) (rows, heartbeats int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for {
		e, err := stream.GetEvent(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			return rows, heartbeats, nil
		} else if err != nil {
			return rows, heartbeats, err
		}
		switch e.Header.EventType {
		case replication.WRITE_ROWS_EVENTv2:
			rows++
		case replication.HEARTBEAT_EVENT, replication.HEARTBEAT_LOG_EVENT_V2:
			heartbeats++
		}
	}
}

func main() {
	port, err := strconv.Atoi(os.Args[1])
	check(err)
	db, err := client.Connect("127.0.0.1:"+os.Args[1], "root", "", "")
	check(err)
	exec := func(statements ...string) {
		for _, s := range statements {
			_, err := db.Execute(s)
			check(err)
		}
	}
	position := func() mysql.Position {
		r, err := db.Execute("SHOW BINARY LOG STATUS")
		check(err)
		name, _ := r.GetString(0, 0)
		at, _ := r.GetInt(0, 1)
		return mysql.Position{Name: name, Pos: uint32(at)}
	}
	fmt.Println(db.GetServerVersion())
	exec("RESET BINARY LOGS AND GTIDS", "CREATE DATABASE d", "CREATE TABLE d.t (n INT PRIMARY KEY)")
	stream := follow(port, position())
	say := func(what string) {
		rows, heartbeats, err := hears(stream)
		fmt.Printf("%s: rows %d, heartbeats %v, error %v\n", what, rows, heartbeats > 3, err)
	}
	exec("INSERT INTO d.t VALUES (1)")
	say("before")
	old := position()
	exec("RESET BINARY LOGS AND GTIDS", "INSERT INTO d.t VALUES (2)")
	now := position()
	fmt.Println("the same file, shorter:", old.Name == now.Name && now.Pos < old.Pos)
	say("after")
	stream = follow(port, old)
	say("anew")
}
GO

common=(--no-defaults --user=root --datadir=/tmp/data --mysqlx=OFF --socket=/tmp/socket --pid-file=/tmp/pid
	--secure-file-priv=NULL --bind-address=127.0.0.1 --log-bin=binlog --server-id=1)
port=$(( 20000 + RANDOM % 10000 ))
chroot "$root" mysqld "${common[@]}" --initialize-insecure >"$temporary/log" 2>&1
chroot "$root" mysqld "${common[@]}" --port="$port" >>"$temporary/log" 2>&1 &
server=$!
(cd "$temporary/reader" && go mod tidy >/dev/null 2>&1 && go build -o reader .)
for _ in {1..120}; do
	chroot "$root" mysqladmin --no-defaults -S /tmp/socket -s ping >/dev/null 2>&1 && break
	sleep 0.5
done
got=$("$temporary/reader/reader" "$port") || true
kill "$server"
wait "$server" 2>/dev/null || true
server=
want="9.7.4-2
before: rows 1, heartbeats true, error <nil>
the same file, shorter: true
after: rows 0, heartbeats true, error <nil>
anew: rows 0, heartbeats false, error ERROR 1236 (HY000): Client requested source to start replication from position > file size"
echo "$got"
[[ $got == "$want" ]] || { printf 'This has changed. Expected:\n%s\n' "$want"; exit 1; }
