package feed

import (
	"context"
	"strings"

	"github.com/go-mysql-org/go-mysql/replication"
)

// layout says where the rows of a table have what is needed: the binlog has no
// names of columns.
type layout struct {
	table string
	count int // columns
	key   int // the column id
	image int // the column with the image's id
}

// readColumns finds out how the tables are laid out now.
func (s *mysqlServer) readColumns(ctx context.Context) (map[string]layout, error) {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
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
	for _, t := range tables {
		l := layout{table: t.name, count: len(names[t.name]), key: -1, image: -1}
		for i, name := range names[t.name] {
			if name == "id" {
				l.key = i
			}
			if name == t.id {
				l.image = i
			}
		}
		if l.key >= 0 && l.image >= 0 {
			layouts[t.name] = l
		}
	}
	return layouts, nil
}

// layout finds a table's layout; nil: it is not known how the rows of this
// event are laid out. That is so where a table has been changed since, of which
// the binlog will tell.
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
