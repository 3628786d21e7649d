package binlog

import (
	"context"
	"strings"

	"github.com/go-mysql-org/go-mysql/replication"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
)

// layout says where the rows of a table have the columns that are needed, since the
// binlog has no column names.
type layout struct {
	table string
	count int // columns
	key   int // the column id
	image int // the column with the image's id
}

// readColumns reads the current layout of the tables.
func (s *server) readColumns(ctx context.Context) (map[string]layout, error) {
	ctx, cancel := context.WithTimeout(ctx, follow.AnswerTimeout)
	defer cancel()
	names := map[string][]string{}
	const query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = ? ORDER BY table_name, ordinal_position"
	err := s.each(ctx, query, func(_, values []string) {
		table := strings.ToLower(values[0])
		names[table] = append(names[table], strings.ToLower(values[1]))
	}, s.schema)
	if err != nil {
		return nil, err
	}
	layouts := map[string]layout{}
	for _, t := range follow.Tables {
		l := layout{table: t.Name, count: len(names[t.Name]), key: -1, image: -1}
		for i, name := range names[t.Name] {
			if name == "id" {
				l.key = i
			}
			if name == t.ID {
				l.image = i
			}
		}
		if l.key >= 0 && l.image >= 0 {
			layouts[t.Name] = l
		}
	}
	return layouts, nil
}

// layout returns a table's layout, or nil if that of this event's rows is not known:
// the table was changed afterwards, which a later event will say.
func (r *reader) layout(ctx context.Context, t *replication.TableMapEvent) (*layout, error) {
	if r.columns == nil {
		var err error
		if r.columns, err = r.server.readColumns(ctx); err != nil {
			return nil, err
		}
	}
	if l, ok := r.columns[strings.ToLower(string(t.Table))]; ok && uint64(l.count) == t.ColumnCount {
		return &l, nil
	}
	r.columns = nil
	return nil, nil
}
