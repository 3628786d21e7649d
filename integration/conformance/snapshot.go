package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/glancegate/glancegate/integration/servers"
)

// row is the cells of one row, in the order of the table's columns: nil, bool,
// int64, float64 or string, a time as YYYY-MM-DDTHH:MM:SS with six digits of
// fraction unless there is none.
type row []any

// snapshot is all rows of all tables, by table and primary key.
type snapshot map[string]map[string]row

// snapshot reads the rows as they are now.
func (s *store) snapshot(ctx context.Context) (snapshot, error) {
	out := snapshot{}
	for _, t := range tables {
		rows, err := s.read(ctx, t)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", t.name, err)
		}
		out[t.name] = rows
	}
	return out, nil
}

func (s *store) read(ctx context.Context, t table) (map[string]row, error) {
	columns := s.columns[t.name]
	selected := make([]string, len(columns))
	for i, c := range columns {
		selected[i] = s.quote(c)
		if s.dialect == servers.SQLite {
			// The sign hides the type of the column, by which the driver
			// would turn what is stored into times and booleans.
			selected[i] = "+" + selected[i]
		}
	}
	found, err := s.conn.QueryContext(ctx, "SELECT "+strings.Join(selected, ",")+" FROM "+s.quote(t.name))
	if err != nil {
		return nil, err
	}
	defer found.Close()
	rows := map[string]row{}
	for found.Next() {
		r := make(row, len(columns))
		targets := make([]any, len(columns))
		for i := range r {
			targets[i] = &r[i]
		}
		if err := found.Scan(targets...); err != nil {
			return nil, err
		}
		for i, c := range columns {
			r[i] = cell(c, r[i])
		}
		rows[s.keyOf(t, r)] = r
	}
	return rows, found.Err()
}

// keyOf is the primary key of a row, as text.
func (s *store) keyOf(t table, r row) string {
	return fmt.Sprint(s.key(t, r)...)
}

// cell gives a driver's value the form that is common to the three databases.
func cell(column string, v any) any {
	if text, ok := v.([]byte); ok {
		v = string(text)
	}
	switch {
	case isBool(column):
		if i, ok := v.(int64); ok && (i == 0 || i == 1) {
			return i == 1
		}
	case isTime(column):
		switch t := v.(type) {
		case time.Time:
			text := t.Format("2006-01-02T15:04:05.000000")
			return strings.TrimSuffix(text, ".000000")
		case string:
			text := strings.Replace(t, " ", "T", 1)
			if seconds, fraction, _ := strings.Cut(text, "."); len(seconds) == 19 && strings.Trim(fraction, "0") == "" {
				return seconds
			}
			return text
		}
	}
	return v
}

// look lists what has changed since the last look, in the form of the record.
func (s *store) look(ctx context.Context, taken captures) (Changes, error) {
	now, err := s.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	changes := s.changes(s.seen, now, taken)
	s.seen = now
	return changes, nil
}

// changes lists what differs between two snapshots.
func (s *store) changes(before, after snapshot, taken captures) Changes {
	n := normalizer{dialect: servers.MySQL, captured: taken.values()}
	out := Changes{}
	for _, t := range tables {
		var changed []any
		for key, now := range after[t.name] {
			old, existed := before[t.name][key]
			switch {
			case !existed:
				changed = append(changed, map[string]any{"op": "insert", "row": n.row(s.columns[t.name], now)})
			case !slices.Equal(old, now):
				if c := s.update(n, t, old, now); c != nil {
					changed = append(changed, c)
				}
			}
		}
		for key, old := range before[t.name] {
			if _, exists := after[t.name][key]; !exists {
				changed = append(changed, map[string]any{"op": "delete", "key": s.primaryKey(n, t, old)})
			}
		}
		if changed != nil {
			sortByText(changed)
			out[t.name] = changed
		}
	}
	return out
}

// update is the change of one row, nil where only the moment of a time differs.
func (s *store) update(n normalizer, t table, old, now row) any {
	before, after := n.row(s.columns[t.name], old), n.row(s.columns[t.name], now)
	set := map[string]any{}
	for c, v := range after {
		if !same(before[c], v) {
			set[c] = v
		}
	}
	if len(set) == 0 {
		return nil
	}
	return map[string]any{"op": "update", "key": s.primaryKey(n, t, now), "set": set}
}

func (s *store) primaryKey(n normalizer, t table, r row) map[string]any {
	key := n.row(s.columns[t.name], r)
	maps.DeleteFunc(key, func(c string, _ any) bool { return !slices.Contains(t.key, c) })
	return key
}

// row normalizes the cells of a row.
func (n normalizer) row(columns []string, r row) map[string]any {
	out := make(map[string]any, len(columns))
	for i, c := range columns {
		out[c] = n.cell(c, r[i])
	}
	return out
}

func (n normalizer) cell(column string, v any) any {
	switch v := v.(type) {
	case int64:
		return n.value(json.Number(strconv.FormatInt(v, 10)), column)
	case float64:
		// With a point, lest it pass for a whole number.
		text := strconv.FormatFloat(v, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return json.Number(text)
	case string:
		if isTime(column) {
			if isNow(v) {
				return "<now>"
			}
			return v
		}
		if isJSON(column) {
			if parsed, err := parse([]byte(v)); err == nil {
				return n.value(parsed, "")
			}
		}
		return n.text(v)
	default:
		return v
	}
}

// Watch sees which rows of a database change, for tests beside the replay.
type Watch struct{ store *store }

// NewWatch begins with the rows as they are. It keeps a connection until Close.
func NewWatch(ctx context.Context, db *servers.Database) (*Watch, error) {
	s, err := newStore(ctx, db)
	if err != nil {
		return nil, err
	}
	if s.seen, err = s.snapshot(ctx); err != nil {
		_ = s.close()
		return nil, err
	}
	return &Watch{s}, nil
}

// Changes lists what has changed since the last call, in the form of the record.
func (w *Watch) Changes(ctx context.Context) (Changes, error) { return w.store.look(ctx, nil) }

// Close gives the connection back.
func (w *Watch) Close() error { return w.store.close() }
