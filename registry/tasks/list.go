package tasks

import (
	"context"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// Query is a list of tasks as a client asks for it (registry-v2-rpc.md, 8).
type Query struct {
	// Filters has values of columns; keys that are no columns, and nulls, do not
	// matter. Deleted tasks are listed unless a filter says otherwise.
	Filters *pyjson.Object

	// Marker is the id of the last task of the page before.
	Marker records.Null[string]

	// SortKey is the name of a column, SortDir asc or desc; null is asc.
	SortKey, SortDir any

	Limit int // rows; negative: all

	// Late is an error in the request that is found behind the marker; may be nil.
	Late error

	// All shows the tasks of all projects. The original let the client say so.
	All bool
}

// List reads one page, without the columns of task_info.
func (s *Service) List(ctx context.Context, c *access.Caller, t *Query) ([]records.Row, error) {
	q := records.RowQuery{Table: records.Tasks, Limit: t.Limit}
	switch {
	case s.Plain(c):
		return nil, nil
	case c.Admin, t.All && !s.Harden:
	case c.Owner.Valid:
		q.Where = append(q.Where, records.OwnedBy(c.Owner.V))
	case s.Harden:
		return nil, nil
	}
	var err error
	if t.Marker.Valid {
		deleted, _ := t.Filters.Get("deleted")
		if q.Marker, err = s.Get(ctx, c, t.Marker.V, pyjson.Truthy(deleted)); err != nil {
			return nil, err
		}
	}
	if q.Sort, err = orderOf(t.SortKey, t.SortDir); err != nil {
		return nil, err
	}
	if t.Late != nil {
		return nil, t.Late
	}
	conditions, err := conditionsOf(t.Filters)
	if err != nil || t.Limit == 0 {
		return nil, err
	}
	q.Where = append(q.Where, conditions...)
	return s.Store.Rows(ctx, q)
}

func conditionsOf(filters *pyjson.Object) ([]records.Condition, error) {
	var conditions []records.Condition
	for _, key := range filters.Keys() {
		v, _ := filters.Get(key)
		column, known := records.ColumnOf(records.Tasks, key)
		if !known || v == nil && key != "deleted" {
			continue
		}
		value, err := comparand(column, v)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, records.Is(key, value))
	}
	return conditions, nil
}

// comparand makes a value that a column is compared with. What a text means
// where a boolean belongs is the database's business.
func comparand(c records.Column, v any) (any, error) {
	if _, isText := v.(string); v == nil || isText && c.Kind == records.Bool {
		return v, nil
	}
	c.Width = 0
	return coerce.Value(c, v)
}

func orderOf(key, direction any) ([]records.SortKey, error) {
	name, ok := key.(string)
	if !ok {
		return nil, coerce.BadValue("sort_key", "must be the name of a column")
	}
	if _, known := records.ColumnOf(records.Tasks, name); !known {
		return nil, records.Errorf(records.InvalidSortKey, "Sort key supplied was not valid.")
	}
	d, ok := coerce.SortDirection(direction, directions)
	if !ok {
		return nil, coerce.BadValue("sort_dir", "must be asc or desc")
	}
	return records.ListOrder(records.Tasks, name, d), nil
}

var directions = map[string]records.SortKey{"asc": {}, "desc": {Descending: true}}
