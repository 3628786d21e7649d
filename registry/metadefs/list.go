package metadefs

import (
	"cmp"
	"context"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// Page is a page of namespaces or tags as a client asks for it.
type Page struct {
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
func (s *Service) Namespaces(ctx context.Context, c *access.Caller, filters *pyjson.Object, page *Page) ([]records.Row, error) {
	q := records.RowQuery{Table: records.MetadefNamespaces, Limit: page.Limit}
	if !c.Admin {
		q.Either = []records.Condition{records.Is("visibility", records.Public)}
		if c.Owner.Valid {
			q.Either = append(q.Either, records.OwnedBy(c.Owner.V))
		}
	}
	var err error
	conditions, late := namespaceFilters(filters)
	q.Where = conditions
	if page.Marker != nil {
		if q.Marker, err = Namespace.byID(ctx, s.Store, page.Marker); err != nil {
			return nil, err
		}
		if err := checkNamespaceVisible(c, q.Marker, q.Marker.Text("namespace")); err != nil {
			return nil, err
		}
	}
	behind := *page
	behind.Late = cmp.Or(page.Late, late)
	return s.page(ctx, &q, &behind)
}

// page reads a page whose marker has been found.
func (s *Service) page(ctx context.Context, q *records.RowQuery, page *Page) ([]records.Row, error) {
	key, _ := page.SortKey.(string)
	if _, known := records.ColumnOf(q.Table, key); !known {
		return nil, records.Errorf(records.BadValue, "Sort key supplied is invalid: %s", coerce.TextOf(page.SortKey))
	}
	direction, ok := coerce.SortDirection(page.SortDir, directions)
	if !ok {
		return nil, records.Errorf(records.BadValue, "Unknown sort direction, must be one of: asc-nullsfirst, asc-nullslast, desc-nullsfirst, desc-nullslast")
	}
	if page.Late != nil || page.Limit == 0 {
		return nil, page.Late
	}
	q.Sort = records.ListOrder(q.Table, key, direction)
	return s.Store.Rows(ctx, *q)
}

var directions = map[string]records.SortKey{
	"asc":             {},
	"asc-nullsfirst":  {Nulls: records.NullsFirst},
	"asc-nullslast":   {Nulls: records.NullsLast},
	"desc":            {Descending: true},
	"desc-nullsfirst": {Descending: true, Nulls: records.NullsFirst},
	"desc-nullslast":  {Descending: true, Nulls: records.NullsLast},
}

func namespaceFilters(filters *pyjson.Object) ([]records.Condition, error) {
	var where []records.Condition
	if visibility, _ := filters.Get("visibility"); visibility != nil {
		v, err := coerce.ForComparison(records.MetadefNamespaces, "visibility", visibility)
		if err != nil {
			return nil, err
		}
		where = append(where, records.Is("visibility", v))
	}
	if types, given := filters.Get("resource_types"); given {
		names, ok := types.(string)
		if !ok {
			return nil, coerce.BadValue("resource_types", "must be names with commas between them")
		}
		return append(where, ofResourceTypes(strings.Split(names, ","))), nil
	}
	ids, _ := filters.Get("id_list")
	if ids == nil {
		return where, nil
	}
	list, ok := ids.([]any)
	if !ok {
		return nil, coerce.BadValue("id_list", "must be a list of numbers")
	}
	known := records.Condition{Column: "id", Op: records.In}
	for _, id := range list {
		if r := coerce.RowIDOf(id); r.Given && r.ID >= 0 {
			known.Values = append(known.Values, r.ID)
		}
	}
	return append(where, known), nil
}

// ofResourceTypes is the condition that a namespace is associated with any of
// the resource types, whose names the database compares.
func ofResourceTypes(names []string) records.Condition {
	types := records.Condition{Column: "name", Op: records.In}
	for _, name := range names {
		types.Values = append(types.Values, name)
	}
	return among("id", records.Selection{
		Table: records.MetadefNamespaceResourceType, Column: "namespace_id",
		Where: []records.Condition{among("resource_type_id", records.Selection{
			Table: records.MetadefResourceTypes, Column: "id", Where: []records.Condition{types},
		})},
	})
}

// among is the condition that a column has a value that a selection has.
func among(column string, s records.Selection) records.Condition {
	return records.Condition{Column: column, Op: records.In, Values: []any{s}}
}
