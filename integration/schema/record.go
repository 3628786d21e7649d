package schema

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/integration/testdata"
)

// Record is what was read back from a database that glance-manage had made.
type Record struct {
	Version struct {
		Name         string
		ContractHead string `json:"contract_head"`
		Row          struct{ Version int }
	} `json:"version_table"`
	Enums    map[string][]string `json:"postgresql_enum_types"`
	Tables   map[string]Table
	Expanded struct {
		Heads       []string `json:"alembic_version"`
		Differences map[string]Column
		Triggers    []struct{ Name, Table, Timing, Event string } `json:"mysql_triggers"`
	} `json:"expanded_state"`
}

// Table is a table of a record.
type Table struct {
	Columns     []Column
	PrimaryKey  []string `json:"primary_key"`
	Indexes     []Index
	Unique      []Index
	ForeignKeys []struct {
		Columns    []string
		Table      string   `json:"ref_table"`
		RefColumns []string `json:"ref_columns"`
	} `json:"foreign_keys"`
}

// Column is a column of a table.
type Column struct {
	Name                      string
	Nullable                  bool
	Default                   *string `json:"server_default"`
	Autoincrement             bool
	MySQL, PostgreSQL, SQLite string // its type
	Index                     string // of the expanded state
}

// Type is the column's type in a dialect.
func (c *Column) Type(dialect Dialect) string {
	return map[Dialect]string{MySQL: c.MySQL, PostgreSQL: c.PostgreSQL, SQLite: c.SQLite}[dialect]
}

// Index is an index or a unique constraint of a table.
type Index struct {
	Name      string
	Columns   []string
	MySQLOnly bool `json:"mysql_only"`
}

// Read reads the record of one of Names.
func Read(release string) (*Record, error) {
	text, err := testdata.Files.ReadFile("release/" + strings.TrimSuffix(release, "-expanded") + ".json")
	if err != nil {
		return nil, err
	}
	var r Record
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), "differences_from_contracted", "differences")), &r); err != nil {
		return nil, err
	}
	if strings.HasSuffix(release, "-expanded") {
		r.expand()
	}
	return &r, nil
}

// expand turns the record of a complete schema into that of an expanded one.
func (r *Record) expand() {
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
			images.Indexes = append(images.Indexes, Index{Name: c.Index, Columns: []string{c.Name}})
		}
	}
	r.Tables["images"] = images
}

// statements make the tables in an empty database.
func (r *Record) statements(dialect Dialect) (list []string) {
	for name, values := range r.Enums {
		if dialect == PostgreSQL {
			list = append(list, "CREATE TYPE "+name+" AS ENUM ('"+strings.Join(values, "', '")+"')")
		}
	}
	names := slices.Sorted(maps.Keys(r.Tables))
	for made := map[string]bool{}; len(made) < len(names); {
		for _, name := range names {
			t := r.Tables[name]
			waits := false // for a table that it refers to
			for _, f := range t.ForeignKeys {
				waits = waits || !made[f.Table] && f.Table != name
			}
			if !made[name] && !waits {
				made[name] = true
				list = append(list, t.statements(name, dialect)...)
			}
		}
	}
	return append(list, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
		"INSERT INTO alembic_version (version_num) VALUES ('"+r.Version.ContractHead+"')")
}

func (t *Table) statements(name string, dialect Dialect) []string {
	var parts, indexes []string
	for _, c := range t.Columns {
		parts = append(parts, c.Name+" "+c.definition(dialect))
	}
	in := func(columns []string) string { return " (" + strings.Join(columns, ", ") + ")" }
	parts = append(parts, "PRIMARY KEY"+in(t.PrimaryKey))
	for _, u := range t.Unique {
		parts = append(parts, "CONSTRAINT "+u.Name+" UNIQUE"+in(u.Columns))
	}
	for _, i := range t.Indexes {
		switch {
		case dialect == MySQL: // where CREATE INDEX takes long
			parts = append(parts, "KEY "+i.Name+in(i.Columns))
		case !i.MySQLOnly:
			indexes = append(indexes, "CREATE INDEX "+i.Name+" ON "+name+in(i.Columns))
		}
	}
	for _, f := range t.ForeignKeys {
		parts = append(parts, "FOREIGN KEY"+in(f.Columns)+" REFERENCES "+f.Table+in(f.RefColumns))
	}
	table := "CREATE TABLE " + name + " (" + strings.Join(parts, ", ") + ")"
	if dialect == MySQL {
		table += " ENGINE=InnoDB DEFAULT CHARSET=utf8mb3"
	}
	return append([]string{table}, indexes...)
}

// definition is the column's type and what follows it.
func (c *Column) definition(dialect Dialect) string {
	text := c.Type(dialect)
	switch {
	case !c.Autoincrement:
	case dialect == MySQL:
		text += " AUTO_INCREMENT"
	case dialect == PostgreSQL:
		text = strings.Replace(text, "integer", "serial", 1)
	}
	if !c.Nullable {
		text += " NOT NULL"
	}
	if c.Default != nil {
		value := *c.Default
		if value != "false" {
			value = "'" + value + "'"
		}
		text += " DEFAULT " + value
	}
	return text
}
