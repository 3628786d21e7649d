package registry

import (
	"cmp"
	"context"
	"strings"

	"github.com/glancegate/glancegate/registry/pyjson"
)

// MetadefPage is a page of namespaces or tags as a client asks for it.
type MetadefPage struct {
	// Marker is the numeric id of the last row of the page before; nil: the page
	// is at the front.
	Marker any

	// SortKey is the name of a column; there is no default. SortDir is asc or
	// desc, with or without -nullsfirst or -nullslast; null is asc.
	SortKey, SortDir any

	Limit int // rows; negative: all

	// Late is an error in the request that is found behind the marker; may be nil.
	Late error
}

// Namespaces reads one page of the namespaces that the caller sees and that the
// filters match: visibility, and id_list or resource_types. Other keys do not
// matter (registry-v2-rpc.md, 9.2).
func (s *Service) Namespaces(ctx context.Context, c *Caller, filters *pyjson.Object, page *MetadefPage) ([]Row, error) {
	q := RowQuery{Table: MetadefNamespaces, Limit: page.Limit}
	if !c.Admin {
		q.Either = []Condition{Is("visibility", Public)}
		if c.Owner.Valid {
			q.Either = append(q.Either, OwnedBy(c.Owner.V))
		}
	}
	var err error
	conditions, late := namespaceFilters(filters)
	q.Where = conditions
	if page.Marker != nil {
		if q.Marker, err = MetadefNamespace.byID(ctx, s.Store, page.Marker); err != nil {
			return nil, err
		}
		if err := checkNamespaceVisible(c, q.Marker, q.Marker.Text("namespace")); err != nil {
			return nil, err
		}
	}
	behind := *page
	behind.Late = cmp.Or(page.Late, late)
	return s.metadefPage(ctx, &q, &behind)
}

// metadefPage reads a page whose marker has been found.
func (s *Service) metadefPage(ctx context.Context, q *RowQuery, page *MetadefPage) ([]Row, error) {
	key, _ := page.SortKey.(string)
	if _, known := ColumnOf(q.Table, key); !known {
		return nil, Errorf(BadValue, "Sort key supplied is invalid: %s", textOf(page.SortKey))
	}
	direction, ok := sortDirection(page.SortDir, metadefDirections)
	if !ok {
		return nil, Errorf(BadValue, "Unknown sort direction, must be one of: asc-nullsfirst, asc-nullslast, desc-nullsfirst, desc-nullslast")
	}
	if page.Late != nil || page.Limit == 0 {
		return nil, page.Late
	}
	q.Sort = listOrder(q.Table, key, direction)
	return s.Store.Rows(ctx, *q)
}

var metadefDirections = map[string]SortKey{
	"asc":             {},
	"asc-nullsfirst":  {Nulls: NullsFirst},
	"asc-nullslast":   {Nulls: NullsLast},
	"desc":            {Descending: true},
	"desc-nullsfirst": {Descending: true, Nulls: NullsFirst},
	"desc-nullslast":  {Descending: true, Nulls: NullsLast},
}

func namespaceFilters(filters *pyjson.Object) ([]Condition, error) {
	var where []Condition
	if visibility, _ := filters.Get("visibility"); visibility != nil {
		v, err := Coerce(MetadefNamespaces, "visibility", visibility)
		if err != nil {
			return nil, err
		}
		where = append(where, Is("visibility", v))
	}
	if types, given := filters.Get("resource_types"); given {
		names, ok := types.(string)
		if !ok {
			return nil, badValue("resource_types", "must be names with commas between them")
		}
		return append(where, ofResourceTypes(strings.Split(names, ","))), nil
	}
	ids, _ := filters.Get("id_list")
	if ids == nil {
		return where, nil
	}
	list, ok := ids.([]any)
	if !ok {
		return nil, badValue("id_list", "must be a list of numbers")
	}
	known := Condition{Column: "id", Op: In}
	for _, id := range list {
		if r := rowIDOf(id); r.given && r.id >= 0 {
			known.Values = append(known.Values, r.id)
		}
	}
	return append(where, known), nil
}

// ofResourceTypes is the condition that a namespace is associated with any of
// the resource types, whose names the database compares.
func ofResourceTypes(names []string) Condition {
	types := Condition{Column: "name", Op: In}
	for _, name := range names {
		types.Values = append(types.Values, name)
	}
	return among("id", Selection{
		Table: MetadefNamespaceResourceType, Column: "namespace_id",
		Where: []Condition{among("resource_type_id", Selection{
			Table: MetadefResourceTypes, Column: "id", Where: []Condition{types},
		})},
	})
}

// among is the condition that a column has a value that a selection has.
func among(column string, s Selection) Condition {
	return Condition{Column: column, Op: In, Values: []any{s}}
}
