package oddrows

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// values are odd ones as SQL, for every kind of column and some for one
// database. What a database does not take is not tried there.
func values(dialect servers.Kind, kind records.Kind) []string {
	list := []string{"NULL"}
	switch kind {
	case records.Int32, records.Int64:
		list = append(list, "-5", "-2147483648")
	case records.Time:
		list = append(list, "'0001-01-01 00:00:00'", "'9999-12-31 23:59:59'", "'0000-00-00 00:00:00'", "'2026-02-31 01:02:03'", "'2026-00-00 00:00:00'",
			"'infinity'", "'-infinity'", "'20000-01-01'", "'0044-03-15 BC'")
	case records.Bool:
		if dialect == servers.MySQL {
			list = append(list, "2", "-1")
		}
	case records.Visibility:
		list = append(list, "''", "'banana'")
	default:
		list = append(list, "''", "'banana'", "'{\"a\": '", "'5'", "'null'")
	}
	switch dialect {
	case servers.SQLite:
		list = append(list, "'text'", "'1.5'", "1.5", "1e300", "7", "x'ff00'", "'2026-11-27'", "''")
	case servers.PostgreSQL:
		list = append(list, `E'\xff\xfe'`)
	}
	return list
}

// names distinguish rows; without them there is nothing to read.
var names = []string{"id", "image_id", "task_id", "namespace_id", "resource_type_id", "namespace"}

func TestOddRows(t *testing.T) {
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) { testOddRows(t, servers.NewDatabase(t, dialect)) })
	}
	t.Run("postgresql SQL_ASCII", func(t *testing.T) { testOddRows(t, asciiDatabase(t)) })
}

func testOddRows(t *testing.T, db *servers.Database) {
	if db.Dialect == servers.SQLite {
		dropNotNull(t, db)
	}
	s := newScene(t, db)
	s.walks = true
	if problems := s.readAll(records.Images); len(problems) > 0 || len(s.told) > 0 {
		t.Fatalf("before anything is odd: %v, told %v", problems, s.told)
	}
	for table := range tables {
		for _, column := range records.Columns(table) {
			if slices.Contains(names, column.Name) || strings.HasPrefix(string(table), "metadef") && column.Name == "name" {
				continue
			}
			if !column.Nullable {
				s.allowNull(table, column.Name)
			}
			taken := 0
			for _, value := range values(db.Dialect, column.Kind) {
				if !s.put(table, column.Name, value) {
					continue
				}
				taken++
				// Glance's schema has no nulls in these columns, so no page is asked to
				// begin behind one.
				s.walks = column.Nullable || value != "NULL"
				if problems := s.readAll(table); len(problems) > 0 {
					t.Errorf("%s.%s = %s:\n%s", table, column.Name, value, strings.Join(problems, "\n"))
				}
				s.restore(table, column.Name)
			}
			if taken == 0 {
				t.Errorf("%s.%s took none of the values", table, column.Name)
			}
		}
	}
}

// dropNotNull takes NOT NULL from all columns of a file without rows.
func dropNotNull(t *testing.T, db *servers.Database) {
	t.Helper()
	for _, statement := range []string{
		"PRAGMA writable_schema = ON",
		"UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table'",
		"PRAGMA writable_schema = RESET",
	} {
		if _, err := db.DB.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOddRowsAreToldOfOnce looks at what the operator learns, and at the answer.
func TestOddRowsAreToldOfOnce(t *testing.T) {
	for _, row := range []struct {
		dialect       servers.Kind
		table         records.Table
		column, value string
		told, answer  string
	}{
		{servers.MySQL, records.ImageLocations, "meta_data", "'{x'", `meta_data "{x" is not JSON`, `"metadata": {}`},
		{servers.PostgreSQL, records.ImageLocations, "meta_data", "'{x'", `meta_data "{x" is not JSON`, `"metadata": {}`},
		{servers.SQLite, records.ImageLocations, "meta_data", "'{x'", `meta_data "{x" is not JSON`, `"metadata": {}`},
		{servers.MySQL, records.Images, "created_at", "'0000-00-00 00:00:00'", `"0000-00-00 00:00:00" can't be shown as a time`, `"created_at": {"_type": "datetime", "_value": "0001-01-01T00:00:00"}`},
		{servers.MySQL, records.Images, "created_at", "'2026-02-31 01:02:03'", `can't be shown as a time`, `"created_at": {"_type": "datetime", "_value": "0001-01-01T00:00:00"}`},
		{servers.PostgreSQL, records.Images, "updated_at", "'infinity'", `after year 9999`, `"updated_at": {"_type": "datetime", "_value": "9999-12-31T23:59:59.999999"}`},
		{servers.SQLite, records.Images, "size", "'large'", `"large" is not an integer`, `"size": 0`},
		{servers.SQLite, records.Images, "protected", "'maybe'", `"maybe" is not a boolean`, `"protected": true`},
		{servers.SQLite, records.Images, "name", "x'41ff'", `is not UTF-8`, `"name": "A\ufffd"`},
		{servers.SQLite, records.Images, "name", "7", "", `"name": "7"`},
		{servers.MySQL, records.Images, "created_at", "'0001-01-01 00:00:00'", "", `"created_at": {"_type": "datetime", "_value": "0001-01-01T00:00:00"}`},
	} {
		t.Run(fmt.Sprintf("%s %s %s", row.dialect, row.column, row.value), func(t *testing.T) {
			s := newScene(t, servers.NewDatabase(t, row.dialect))
			if !s.put(row.table, row.column, row.value) {
				t.Fatal("the database refused the value")
			}
			for range 3 {
				answer := string(s.rpc.Call("image_get_all", nil).OK().Result)
				if !strings.Contains(answer, row.answer) || !strings.Contains(answer, plain) {
					t.Errorf("%s\nlacks %s", answer, row.answer)
				}
				s.rpc.Call("image_get", object{"image_id": odd}).OK()
			}
			want := 1
			if row.told == "" {
				want = 0
			}
			if len(s.told) != want || want == 1 && (!strings.Contains(s.told[0], row.told) || !strings.Contains(s.told[0], odd)) {
				t.Errorf("told %q, want %q", s.told, row.told)
			}
		})
	}
}

// TestYearOne uses the first second of year 1, which drivers and servers take for
// no time, in filters, as a value and as a marker.
func TestYearOne(t *testing.T) {
	const first = "0001-01-01T00:00:00"
	at := object{"_type": "datetime", "_value": first}
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			s := newScene(t, servers.NewDatabase(t, dialect))
			for _, filter := range []string{"changes-since=0001", "changes-since=0001-01-01T01:00%2B01"} {
				if ids := registrytest.IDs(s.rest.RespondTo("GET /images?is_public=none&" + filter).ExpectImages()); len(ids) != 2 {
					t.Errorf("%s: %v", filter, ids)
				}
			}
			for filter, want := range map[string]int{"gt:" + first: 2, "gte:" + first: 2, "neq:" + first: 2, first: 0, "lt:" + first: 0} {
				var images []object
				s.rpc.Call("image_get_all", object{"filters": object{"created_at": filter}}).Into(&images)
				if len(images) != want {
					t.Errorf("created_at %s: %d images, want %d", filter, len(images), want)
				}
			}
			const id = "00000000-0000-4000-8000-000000000001"
			answer := string(s.rpc.Call("image_create", object{"values": object{
				"id": id, "status": "active", "owner": "t1", "visibility": "public", "created_at": at, "updated_at": at}}).OK().Result)
			if !strings.Contains(answer, `"created_at": {"_type": "datetime", "_value": "`+first+`"}`) {
				t.Error(answer)
			}
			for _, direction := range []string{"asc", "desc"} {
				if problem := s.walk("created_at", direction); problem != "" {
					t.Error(problem)
				}
			}
			if len(s.told) > 0 {
				t.Errorf("told %q", s.told)
			}
		})
	}
}
