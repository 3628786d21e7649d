package conformance

import (
	"context"
	"fmt"
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
