package registry

import (
	"context"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// TaskQuery is a list of tasks as a client asks for it (registry-v2-rpc.md, 8).
type TaskQuery struct {
	// Filters has values of columns; keys that are no columns, and nulls, do not
	// matter. Deleted tasks are listed unless a filter says otherwise.
	Filters *pyjson.Object

	// Marker is the id of the last task of the page before.
	Marker Null[string]

	// SortKey is the name of a column, SortDir asc or desc; null is asc.
	SortKey, SortDir any

	Limit int // rows; negative: all

	// Late is an error in the request that is found behind the marker; may be nil.
	Late error

	// All shows everybody's tasks. The original let the client say so.
	All bool
}

// Tasks reads one page, without the columns of task_info.
func (s *Service) Tasks(ctx context.Context, c *Caller, t *TaskQuery) ([]Row, error) {
	q := RowQuery{Table: Tasks, Limit: t.Limit}
	switch {
	case s.plain(c):
		return nil, nil
	case c.Admin, t.All && !s.Harden:
	case c.Owner.Valid:
		q.Where = append(q.Where, OwnedBy(c.Owner.V))
	case s.Harden:
		return nil, nil
	}
	var err error
	if t.Marker.Valid {
		deleted, _ := t.Filters.Get("deleted")
		if q.Marker, err = s.Task(ctx, c, t.Marker.V, pyjson.Truthy(deleted)); err != nil {
			return nil, err
		}
	}
	if q.Sort, err = taskOrder(t.SortKey, t.SortDir); err != nil {
		return nil, err
	}
	if t.Late != nil {
		return nil, t.Late
	}
	conditions, err := taskFilters(t.Filters)
	if err != nil || t.Limit == 0 {
		return nil, err
	}
	q.Where = append(q.Where, conditions...)
	return s.Store.Rows(ctx, q)
}

func taskFilters(filters *pyjson.Object) ([]Condition, error) {
	var conditions []Condition
	for _, key := range filters.Keys() {
		v, _ := filters.Get(key)
		column, known := ColumnOf(Tasks, key)
		if !known || v == nil && key != "deleted" {
			continue
		}
		value, err := comparand(column, v)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, Is(key, value))
	}
	return conditions, nil
}

// comparand makes a value that a column is compared with. What a text means
// where a boolean belongs is the database's business.
func comparand(c Column, v any) (any, error) {
	if _, isText := v.(string); v == nil || isText && c.Kind == Bool {
		return v, nil
	}
	c.Width = 0
	return coerce(c, v)
}

func taskOrder(key, direction any) ([]SortKey, error) {
	name, ok := key.(string)
	if !ok {
		return nil, badValue("sort_key", "must be the name of a column")
	}
	if _, known := ColumnOf(Tasks, name); !known {
		return nil, Errorf(InvalidSortKey, "Sort key supplied was not valid.")
	}
	d, ok := sortDirection(direction, taskDirections)
	if !ok {
		return nil, badValue("sort_dir", "must be asc or desc")
	}
	return listOrder(Tasks, name, d), nil
}

var taskDirections = map[string]SortKey{"asc": {}, "desc": {Descending: true}}
