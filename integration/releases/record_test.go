package releases

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/integration/testdata"
)

// record is what was read back from a database that glance-manage had made.
type record struct {
	Version struct {
		Name         string
		ContractHead string `json:"contract_head"`
		Row          struct{ Version int }
	} `json:"version_table"`
	Tables   map[string]recordTable
	Expanded struct {
		Heads       []string `json:"alembic_version"`
		Differences map[string]recordColumn
		Triggers    []struct{ Name, Table, Timing, Event string } `json:"mysql_triggers"`
	} `json:"expanded_state"`
}

type recordTable struct {
	Columns     []recordColumn
	PrimaryKey  []string `json:"primary_key"`
	Indexes     []recordIndex
	Unique      []recordIndex
	ForeignKeys []struct {
		Columns    []string
		Table      string   `json:"ref_table"`
		RefColumns []string `json:"ref_columns"`
	} `json:"foreign_keys"`
}

type recordColumn struct {
	Name                      string
	Nullable                  bool
	Type                      string
	Default                   *string `json:"server_default"`
	MySQL, PostgreSQL, SQLite string
	Index                     string // of the expanded state
}

type recordIndex struct {
	Name      string
	Columns   []string
	MySQLOnly bool `json:"mysql_only"`
}

func readRecord(t *testing.T, release string) record {
	t.Helper()
	text, err := testdata.Files.ReadFile("release/" + strings.TrimSuffix(release, "-expanded") + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var r record
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), "differences_from_contracted", "differences")), &r); err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(release, "-expanded") {
		r.expand()
	}
	return r
}

// expand turns the record of a complete schema into that of an expanded one.
func (r *record) expand() {
	images := r.Tables["images"]
	for name, c := range r.Expanded.Differences {
		_, c.Name, _ = strings.Cut(name, ".")
		known := false
		for n := range images.Columns {
			if images.Columns[n].Name == c.Name {
				known = true
				images.Columns[n].Nullable, images.Columns[n].Default = c.Nullable, c.Default
			}
		}
		if !known {
			c.PostgreSQL, c.SQLite = "boolean", "boolean"
			images.Columns = append(images.Columns, c)
			images.Indexes = append(images.Indexes, recordIndex{Name: c.Index, Columns: []string{c.Name}})
		}
	}
	r.Tables["images"] = images
}

// shape is the record in lines that can be compared, without what differs from
// database to database of one release: the order of columns and the names of
// foreign keys.
func (r *record) shape(dialect servers.Kind) []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for name, t := range r.Tables {
		for _, c := range t.Columns {
			text := map[servers.Kind]string{servers.MySQL: c.MySQL, servers.PostgreSQL: c.PostgreSQL, servers.SQLite: c.SQLite}[dialect]
			value := ""
			if c.Default != nil {
				value = *c.Default
			}
			add("%s.%s: %s null=%v default=%s", name, c.Name, commonType(dialect, text), c.Nullable, commonDefault(value))
		}
		add("%s: primary key %s", name, strings.Join(t.PrimaryKey, " "))
		for _, i := range t.Indexes {
			if !i.MySQLOnly || dialect == servers.MySQL {
				add("%s: index %s %s", name, i.Name, strings.Join(i.Columns, " "))
			}
		}
		for _, u := range t.Unique {
			if dialect == servers.SQLite { // which forgets the names
				u.Name = ""
			}
			add("%s: unique %s %s", name, u.Name, strings.Join(u.Columns, " "))
		}
		for _, f := range t.ForeignKeys {
			add("%s: foreign key %s of %s %s", name, strings.Join(f.Columns, " "), f.Table, strings.Join(f.RefColumns, " "))
		}
	}
	return lines
}

// commonType spells a type in one way. Integers of all sizes are one in SQLite.
func commonType(dialect servers.Kind, text string) string {
	text = strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(text, ", ", ",")), "character varying", "varchar")
	if dialect == servers.SQLite && text == "bigint" {
		return "integer"
	}
	return text
}

func commonDefault(text string) string {
	text, _, _ = strings.Cut(text, "::") // PostgreSQL's type
	switch text = strings.Trim(text, "'"); {
	case text == "NULL", strings.HasPrefix(text, "nextval("):
		return ""
	case text == "false":
		return "0"
	}
	return text
}
