package conformance

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/integration/servers"
)

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
