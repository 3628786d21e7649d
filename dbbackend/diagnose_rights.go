package dbbackend

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/registry/records"
)

// Denied is a right that the user of the database lacks.
type Denied struct {
	Right, Table string
	Err          error // what the database says
}

// deletable are the tables from which rows are removed for good.
var deletable = []records.Table{
	records.MetadefNamespaces, records.MetadefNamespaceResourceType, records.MetadefObjects,
	records.MetadefProperties, records.MetadefResourceTypes, records.MetadefTags,
}

// ImageTables are those that registry v1 needs.
var ImageTables = []records.Table{
	records.Images, records.ImageProperties, records.ImageLocations, records.ImageMembers, records.ImageTags,
}

// AllTables are those that registry v2 needs.
var AllTables = append(append(slices.Clone(ImageTables), records.Tasks, records.TaskInfo), deletable...)

// Denied tries whether tables can be read and, with write, written. It runs
// statements that match no row, in transactions that are rolled back: the database
// itself judges, whatever roles, hosts and read-only modes are involved. An error
// says that it can't be asked at all.
func (b *Backend) Denied(ctx context.Context, tables []records.Table, write bool) ([]Denied, error) {
	s, err := b.schema(ctx)
	if err != nil {
		return nil, b.d.translate(err)
	}
	var denied []Denied
	for _, table := range tables {
		columns := slices.Sorted(maps.Keys(s.columns[string(table)]))
		for _, try := range b.tries(string(table), columns, write) {
			err := b.try(ctx, try.sql)
			if err == nil {
				continue
			}
			if ctx.Err() != nil || b.faultOf(err) == lost {
				return denied, b.d.translate(err)
			}
			denied = append(denied, Denied{try.right, string(table), err})
		}
	}
	return denied, nil
}

type try struct{ right, sql string }

func (b *Backend) tries(table string, columns []string, write bool) []try {
	tries := []try{{"SELECT", "SELECT 1 FROM " + table + " WHERE 1 = 0"}}
	if len(columns) == 0 || !write {
		return tries // without any right on a table it is as if it were not there
	}
	list := b.quoted(columns)
	tries = append(tries,
		try{"INSERT", "INSERT INTO " + table + " (" + list + ") SELECT " + list + " FROM " + table + " WHERE 1 = 0"},
		try{"UPDATE", "UPDATE " + table + " SET " + b.quoted(columns[:1]) + " = " + b.quoted(columns[:1]) + " WHERE 1 = 0"})
	if slices.Contains(deletable, records.Table(table)) {
		tries = append(tries, try{"DELETE", "DELETE FROM " + table + " WHERE 1 = 0"})
	}
	// A right of its own, which an INSERT without rows does not need.
	if b.d.sequenceRight != "" && slices.Contains(columns, "id") {
		tries = append(tries, try{"USAGE of the sequence of", strings.ReplaceAll(b.d.sequenceRight, "TABLE", table)})
	}
	return tries
}

// quoted are names of columns, which are words of SQL now and then.
func (b *Backend) quoted(columns []string) string {
	quote := `"`
	if b.d == &mySQL {
		quote = "`"
	}
	return quote + strings.Join(columns, quote+", "+quote) + quote
}

// try runs a statement without rows and undoes it.
func (b *Backend) try(ctx context.Context, sql string) error {
	t, err := b.pool.begin(ctx)
	if err != nil {
		return err
	}
	defer t.rollback()
	st := b.d.statement("check_rights").sql(sql)
	if !strings.HasPrefix(sql, "SELECT") {
		_, err = t.exec(ctx, st)
		return err
	}
	r, err := t.query(ctx, st)
	if err != nil {
		return err
	}
	defer r.Close()
	for r.Next() {
	}
	return r.Err()
}
