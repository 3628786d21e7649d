package conformance

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/integration/servers"
)

// prepare makes the database hold a dataset, which it does already after restore.
func (s *store) prepare(ctx context.Context, name string) error {
	if s.loaded == name {
		s.seen = s.pristine
		return nil
	}
	set, err := LoadDataset(name)
	if err != nil {
		return err
	}
	return s.load(ctx, set)
}

// load replaces everything in the database by a dataset.
func (s *store) load(ctx context.Context, set *Dataset) error {
	b := s.begin(ctx)
	b.wipe(tables)
	for _, t := range tables {
		var rows []row
		for _, cells := range set.Tables[t.name] {
			r := make(row, 0, len(cells))
			for _, c := range s.columns[t.name] {
				r = append(r, cellOf(cells, c))
			}
			rows = append(rows, r)
		}
		b.insert(t, rows)
	}
	b.setCounters()
	if err := b.end(); err != nil {
		return fmt.Errorf("load dataset %s: %w", set.Name, err)
	}
	now, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	s.loaded, s.pristine, s.seen, s.set = set.Name, now, now, set
	s.schema.use(set)
	return nil
}

// wipe empties tables.
func (b *batch) wipe(list []table) {
	if b.dialect == servers.PostgreSQL {
		names := make([]string, len(list))
		for i, t := range list {
			names[i] = b.quote(t.name)
		}
		b.exec("TRUNCATE " + strings.Join(names, ","))
		return
	}
	for _, t := range list {
		b.exec("DELETE FROM " + b.quote(t.name))
	}
}

// setCounters makes the database number new rows from firstNewID. SQLite takes
// the largest number plus one, which every dataset puts at 1000.
func (b *batch) setCounters() {
	for _, t := range tables {
		switch {
		case !t.counted:
		case b.dialect == servers.MySQL:
			b.exec(fmt.Sprintf("ALTER TABLE %s AUTO_INCREMENT=%d", b.quote(t.name), firstNewID))
		case b.dialect == servers.PostgreSQL:
			b.exec(fmt.Sprintf("SELECT setval(pg_get_serial_sequence('%s','id'),%d,false)", t.name, firstNewID))
		}
	}
}

// Fill replaces everything in a database by a dataset.
func Fill(ctx context.Context, db *servers.Database, dataset string) error {
	s, err := newStore(ctx, db)
	if err != nil {
		return err
	}
	defer s.close()
	return s.prepare(ctx, dataset)
}

// restore undoes every change since the dataset was loaded.
func (s *store) restore(ctx context.Context) error {
	now, err := s.snapshot(ctx)
	if err == nil {
		err = s.reset(ctx, now)
	}
	if err != nil {
		s.loaded = "" // start afresh
	}
	return err
}

// reset brings the database from its present state back to the dataset.
func (s *store) reset(ctx context.Context, now snapshot) error {
	var dirty []table
	for _, t := range tables {
		if !maps.EqualFunc(now[t.name], s.pristine[t.name], slices.Equal[row]) {
			dirty = append(dirty, t)
		}
	}
	if len(dirty) == 0 {
		return nil
	}
	b := s.begin(ctx)
	if s.dialect == servers.PostgreSQL {
		b.rewrite(dirty)
	} else {
		b.undo(dirty, now)
	}
	return b.end()
}

// rewrite fills tables anew. In PostgreSQL an updated row moves behind the
// others, which shows in lists that nobody sorts; undoing it would not bring it
// back.
func (b *batch) rewrite(dirty []table) {
	var affected []table
	for _, t := range tables {
		isAffected := slices.ContainsFunc(dirty, func(d table) bool {
			return d.name == t.name || slices.Contains(d.children, t.name)
		})
		if isAffected {
			affected = append(affected, t)
		}
	}
	b.wipe(affected)
	for _, t := range affected {
		rows := slices.Collect(maps.Values(b.pristine[t.name]))
		slices.SortFunc(rows, func(x, y row) int { return compareKeys(b.key(t, x), b.key(t, y)) })
		b.insert(t, rows)
	}
}

// undo changes back the rows that differ.
func (b *batch) undo(dirty []table, now snapshot) {
	for _, t := range slices.Backward(dirty) {
		for key, r := range now[t.name] {
			if _, wanted := b.pristine[t.name][key]; !wanted {
				b.exec("DELETE FROM "+b.quote(t.name)+b.where(t), b.key(t, r)...)
			}
		}
	}
	for _, t := range dirty {
		for key, want := range b.pristine[t.name] {
			have, exists := now[t.name][key]
			switch {
			case !exists:
				b.insert(t, []row{want})
			case !slices.Equal(have, want):
				columns := b.columns[t.name]
				args := append(b.arguments(columns, want), b.key(t, want)...)
				b.exec("UPDATE "+b.quote(t.name)+" SET "+b.equations(columns, ",")+b.where(t), args...)
			}
		}
	}
}

func (b *batch) where(t table) string { return " WHERE " + b.equations(t.key, " AND ") }

func (b *batch) equations(columns []string, separator string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = b.quote(c) + "=?"
	}
	return strings.Join(list, separator)
}

// key is the cells of a row's primary key.
func (s *store) key(t table, r row) []any {
	var key []any
	for _, c := range t.key {
		key = append(key, r[slices.Index(s.columns[t.name], c)])
	}
	return key
}

// compareKeys orders primary keys: numbers by value, texts by bytes.
func compareKeys(x, y []any) int {
	return slices.CompareFunc(x, y, func(a, b any) int {
		if n, ok := a.(int64); ok {
			return cmp.Compare(n, b.(int64))
		}
		return cmp.Compare(a.(string), b.(string))
	})
}
