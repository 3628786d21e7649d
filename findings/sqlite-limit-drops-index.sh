#!/bin/bash
# SQLite 3.54.1 reads a list in the order of an index, until it is given a LIMIT.
#
# A list has an equality on a column without index, and an order of two columns, the
# first of which has an index. Without LIMIT the planner walks that index and sorts rows
# of equal keys only: the first 25 rows of 100,000 come at once. With LIMIT 25 it scans
# the table and sorts every row. An equality that it can't use for an index (+status)
# and an order of the indexed column alone keep the index. Without statistics (ANALYZE)
# and with them it is the same.
#
# Needs Go.
set -euo pipefail
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
cd "$temporary"
cat >go.mod <<'MOD'
module lists

go 1.24

require modernc.org/sqlite v1.62.0
MOD
cat >main.go <<'GO'
package main

import (
	"database/sql"
	"fmt"
	"log"
	"strings"

	_ "modernc.org/sqlite"
)

const (
	ordered = "SCAN images USING INDEX created; USE TEMP B-TREE FOR LAST TERM OF ORDER BY"
	sorted  = "SCAN images; USE TEMP B-TREE FOR ORDER BY"
)

func main() {
	db, err := sql.Open("sqlite", "file:lists.db")
	check(err)
	db.SetMaxOpenConns(1)
	var version string
	check(db.QueryRow("SELECT sqlite_version()").Scan(&version))
	fmt.Println("SQLite", version)
	expect(version, "3.54.1")
	for _, text := range []string{
		"CREATE TABLE images (id TEXT PRIMARY KEY, created_at TEXT, status TEXT)",
		"CREATE INDEX created ON images (created_at)",
		`WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 100000)
			INSERT INTO images SELECT printf('%08x', n), printf('%08d', n * 31 % 100003), 'active' FROM s`,
	} {
		_, err := db.Exec(text)
		check(err)
	}
	for range 2 {
		for _, list := range []struct{ text, plan string }{
			{"status = 'active' ORDER BY created_at DESC, id DESC", ordered},
			{"status = 'active' ORDER BY created_at DESC, id DESC LIMIT 25", sorted},
			{"+status = 'active' ORDER BY created_at DESC, id DESC LIMIT 25", ordered},
			{"status = 'active' ORDER BY created_at DESC LIMIT 25", "SCAN images USING INDEX created"},
		} {
			plan := planOf(db, "SELECT * FROM images WHERE "+list.text)
			fmt.Printf("%-65s %s\n", list.text, plan)
			expect(plan, list.plan)
		}
		_, err := db.Exec("ANALYZE")
		check(err)
	}
}

func planOf(db *sql.DB, query string) string {
	rows, err := db.Query("EXPLAIN QUERY PLAN " + query)
	check(err)
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		check(rows.Scan(&id, &parent, &unused, &step))
		steps = append(steps, step)
	}
	check(rows.Err())
	return strings.Join(steps, "; ")
}

func expect(got, want string) {
	if got != want {
		log.Fatalf("%s\nwas:\n%s", got, want)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
GOFLAGS=-mod=mod go run .
