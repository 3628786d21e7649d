package conformance

import (
	"maps"
	"slices"

	"github.com/glancegate/glancegate/integration/servers"
)

// translate makes of a recorded case what it is on this schema.
func (s *schema) translate(c *Case, set *Dataset) *Case {
	if s == nil || len(s.lacking) == 0 {
		return c
	}
	out := *c
	out.Steps = make([]Step, len(c.Steps))
	for n, step := range c.Steps {
		step.Response, step.Database = s.response(step.Response), s.changes(step.Database, set)
		out.Steps[n] = step
	}
	out.Variants = map[servers.Kind]map[int]Variant{}
	for kind, steps := range c.Variants {
		out.Variants[kind] = map[int]Variant{}
		for n, v := range steps {
			if v.Response != nil {
				r := s.response(*v.Response)
				v.Response = &r
			}
			v.Database = s.changes(v.Database, set)
			out.Variants[kind][n] = v
		}
	}
	return &out
}

func (s *schema) response(r Response) Response {
	r.Body.Value, r.Picked.Value = s.values(r.Body.Value), s.values(r.Picked.Value)
	return r
}

// answer is what a fresh answer is compared as.
func (s *schema) answer(r Request, v any) any {
	if s == nil || len(s.lacking) == 0 {
		return v
	}
	return s.values(s.withoutMoved(r, v))
}

// values has images as the schema can hold them: columns that it lacks have their
// defaults, and a visibility is public or it is not.
func (s *schema) values(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for n, x := range v {
			out[n] = s.values(x)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = s.values(x)
		}
		if _, isImage := v["container_format"]; isImage {
			s.image(out)
		}
		return out
	}
	return v
}

func (s *schema) image(i map[string]any) {
	for _, c := range s.lacking {
		switch v, there := i[c]; {
		case !there:
		case c == "visibility":
			i[c] = v == "public"
		case c == "os_hidden":
			i[c] = false
		default:
			i[c] = nil
		}
	}
}

// changes has the rows as the schema has them.
func (s *schema) changes(c Changes, set *Dataset) Changes {
	if c == nil {
		return nil
	}
	out := maps.Clone(c)
	if rows, ok := c["images"]; ok {
		out["images"] = slices.Clone(rows)
		for n, row := range rows {
			out["images"][n] = s.change(row.(map[string]any), set)
		}
		sortByText(out["images"])
	}
	return out
}

// change is one changed row. An update that makes an image not public changes
// is_public only if it was public, which is known of the dataset's images.
func (s *schema) change(c map[string]any, set *Dataset) map[string]any {
	c = maps.Clone(c)
	for _, part := range []string{"row", "set"} {
		cells, ok := c[part].(map[string]any)
		if !ok {
			continue
		}
		cells = maps.Clone(cells)
		if v, given := cells["visibility"]; given && s.old {
			key, _ := c["key"].(map[string]any)
			if part == "row" || v == "public" || wasPublic(set, key["id"]) {
				cells[isPublic] = v == "public"
			}
		}
		for _, column := range s.lacking {
			delete(cells, column)
		}
		c[part] = cells
	}
	return c
}

func wasPublic(set *Dataset, id any) bool {
	return slices.ContainsFunc(set.Tables["images"], func(i map[string]any) bool {
		return i["id"] == id && i["visibility"] == "public"
	})
}
