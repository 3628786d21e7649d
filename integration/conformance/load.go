package conformance

import (
	"context"
	"fmt"
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
