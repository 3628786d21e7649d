package dbbackend

import (
	"context"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/dbbackend/internal/fault"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/registry/records"
)

// Denied is a privilege that the user of the database lacks.
type Denied struct {
	Right, Table string
	Err          error // from the database
}

// deletable are the tables from which the gateway deletes rows.
var deletable = []records.Table{
	records.MetadefNamespaces, records.MetadefNamespaceResourceType, records.MetadefObjects,
	records.MetadefProperties, records.MetadefResourceTypes, records.MetadefTags,
}

// ImageTables are the tables that registry v1 needs.
var ImageTables = []records.Table{
	records.Images, records.ImageProperties, records.ImageLocations, records.ImageMembers, records.ImageTags,
}

// AllTables are the tables that registry v2 needs.
var AllTables = append(append(slices.Clone(ImageTables), records.Tasks, records.TaskInfo), deletable...)

// Denied tests whether tables can be read and, with write, written. It runs
// statements that match no row, in transactions that are rolled back, so that roles,
// hosts and read-only modes are taken into account. An error means that the test
// itself failed.
func (b *Backend) Denied(ctx context.Context, tables []records.Table, write bool) ([]Denied, error) {
	s, err := b.schema(ctx)
	if err != nil {
		return nil, b.registryError(err)
	}
	var denied []Denied
	for _, table := range tables {
		columns := s.ColumnsOf(string(table))
		for _, try := range b.tries(string(table), columns, write) {
			err := b.try(ctx, try.sql)
			if err == nil {
				continue
			}
			if ctx.Err() != nil || b.faultOf(err) == fault.Lost {
				return denied, b.registryError(err)
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
		return tries // without privileges on it, a table is invisible
	}
	list := b.quoted(columns)
	tries = append(tries,
		try{"INSERT", "INSERT INTO " + table + " (" + list + ") SELECT " + list + " FROM " + table + " WHERE 1 = 0"},
		try{"UPDATE", "UPDATE " + table + " SET " + b.quoted(columns[:1]) + " = " + b.quoted(columns[:1]) + " WHERE 1 = 0"})
	if slices.Contains(deletable, records.Table(table)) {
		tries = append(tries, try{"DELETE", "DELETE FROM " + table + " WHERE 1 = 0"})
	}
	// An INSERT without rows does not need this privilege.
	if b.d.SequenceRight != "" && slices.Contains(columns, "id") {
		tries = append(tries, try{"USAGE of the sequence of", strings.ReplaceAll(b.d.SequenceRight, "TABLE", table)})
	}
	return tries
}

// quoted lists names of columns, some of which are keywords of SQL.
func (b *Backend) quoted(columns []string) string {
	quote := `"`
	if b.d == &sqltext.MySQL {
		quote = "`"
	}
	return quote + strings.Join(columns, quote+", "+quote) + quote
}

// try runs a statement that matches no row, and rolls it back.
func (b *Backend) try(ctx context.Context, sql string) error {
	t, err := b.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer t.Rollback()
	st := b.d.NewStatement("check_rights").SQL(sql)
	if !strings.HasPrefix(sql, "SELECT") {
		_, err = t.Exec(ctx, st)
		return err
	}
	r, err := t.Query(ctx, st)
	if err != nil {
		return err
	}
	defer r.Close()
	for r.Next() {
	}
	return r.Err()
}
