package conformance

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/integration/servers"
)

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
