package rest

import (
	"strings"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// listParams reads the query of a list (registry-v1.md, 4.2). The order of the
// checks decides which of several errors is reported.
type listParams struct {
	given   []parameter
	request registry.ListRequest
	admin   bool
	deleted records.Null[bool]
	changes bool
}

func (p *listParams) get(name string) (string, bool) {
	for _, g := range p.given {
		if g.name == name {
			return g.value, true
		}
	}
	return "", false
}

// ListRequest reads the query of a list. Its errors are pages.
func (h *API) ListRequest(query string, c *access.Caller, children records.Children) (*registry.ListRequest, error) {
	given, err := parseQuery(query)
	if err != nil {
		return nil, err
	}
	p := &listParams{given: given, admin: c.Admin}
	p.request.Children = children
	for _, step := range []func() error{
		p.changesSince, p.protected,
		func() error { return p.limit(h.DefaultPage, h.MaxPage) },
		p.sort, p.marker, p.isPublic, p.setDeleted, p.sizes, p.texts, p.minima, p.properties,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return &p.request, nil
}

func (p *listParams) where(c records.Condition) { p.request.Where = append(p.request.Where, c) }

func (p *listParams) changesSince() error {
	text, ok := p.get("changes-since")
	if !ok {
		return nil
	}
	t, ok := coerce.ParseISOTime(text)
	if !ok {
		return httperror.BadRequest("Unrecognized changes-since value")
	}
	p.changes = true
	p.where(records.Condition{Column: "updated_at", Op: records.Greater, Values: []any{t}})
	return nil
}

// strictBool reads true, 1, false and 0 in any case.
func strictBool(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

func (p *listParams) protected() error {
	text, ok := p.get("protected")
	if !ok {
		return nil
	}
	value, ok := strictBool(text)
	if !ok {
		return httperror.BadRequest("protected must be True, or False")
	}
	p.where(records.Condition{Column: "protected", Values: []any{value}})
	return nil
}

func (p *listParams) limit(missing, most int) error {
	p.request.Limit = min(missing, most)
	text, ok := p.get("limit")
	if !ok {
		return nil
	}
	n, err := coerce.ParseInteger("limit", text)
	switch {
	case err != nil:
		return httperror.BadRequest("limit param must be an integer")
	case n < 0:
		return httperror.BadRequest("limit param must be positive")
	}
	p.request.Limit = int(min(n, int64(most)))
	return nil
}

var sortKeys = []string{
	"name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at",
}

func (p *listParams) sort() error {
	key := records.SortKey{Column: "created_at", Descending: true}
	if text, ok := p.get("sort_key"); ok {
		key.Column = ""
		for _, known := range sortKeys {
			if text == known {
				key.Column = known
			}
		}
		if key.Column == "" {
			return httperror.BadRequestExplained("Unsupported sort_key. Acceptable values: " + strings.Join(sortKeys, ", "))
		}
	}
	if text, ok := p.get("sort_dir"); ok {
		if text != "asc" && text != "desc" {
			return httperror.BadRequestExplained("Unsupported sort_dir. Acceptable values: asc, desc")
		}
		key.Descending = text == "desc"
	}
	p.request.Sort = []records.SortKey{key}
	p.request.TiesDescending = key.Descending
	return nil
}

func (p *listParams) marker() error {
	text, ok := p.get("marker")
	if !ok {
		return nil
	}
	if text != "" && !uuidLike(text) {
		return httperror.BadRequestExplained("Invalid marker format")
	}
	p.request.Marker = records.NullOf(text)
	return nil
}

// isPublic counts for admins only. "true", the default, does not restrict a
// list to public images: it shows an admin what a user of his project sees.
func (p *listParams) isPublic() error {
	if !p.admin {
		return nil
	}
	text, ok := p.get("is_public")
	if !ok {
		p.request.AsUser = true
		return nil
	}
	if strings.ToLower(text) == "none" {
		return nil
	}
	value, ok := strictBool(text)
	if !ok {
		return httperror.BadRequest("is_public must be None, True, or False")
	}
	p.request.AsUser = value
	if !value {
		p.where(records.Condition{Column: "visibility", Op: records.NotEqual, Values: []any{records.Public}})
	}
	return nil
}

// setDeleted settles which of live and deleted images are listed.
func (p *listParams) setDeleted() error {
	text, ok := p.get("deleted")
	switch {
	case ok && p.admin:
		p.deleted = records.NullOf(looseBool(text))
	case !p.changes:
		p.deleted = records.NullOf(false)
	}
	p.request.ShowDeleted = p.changes || p.deleted.V
	p.request.Live = p.deleted.Valid && !p.deleted.V
	if p.deleted.V {
		p.where(records.Condition{Column: "deleted", Values: []any{true}})
	}
	return nil
}

// looseBool takes everything unknown for false.
func looseBool(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "1", "t", "true", "on", "y", "yes":
		return true
	}
	return false
}

func (p *listParams) sizes() error {
	for _, bound := range []struct {
		name string
		op   records.Op
	}{{"size_min", records.GreaterOrEqual}, {"size_max", records.LessOrEqual}} {
		text, ok := p.get(bound.name)
		if !ok {
			continue
		}
		n, err := coerce.ParseInteger(bound.name, text)
		if err != nil {
			return httperror.BadRequest(bound.name + " param must be an integer")
		}
		p.where(records.Condition{Column: "size", Op: bound.op, Values: []any{n}})
	}
	return nil
}

func (p *listParams) texts() error {
	for _, name := range []string{"name", "status", "container_format", "disk_format"} {
		text, ok := p.get(name)
		if !ok {
			continue
		}
		c, err := coerce.TextFilter(name, text)
		if err != nil {
			return httperror.BadRequest(name + ": " + err.Error())
		}
		p.where(c)
	}
	return nil
}

// minima are compared as they were given; what a database makes of a text that
// is no number differs.
func (p *listParams) minima() error {
	for _, name := range []string{"min_ram", "min_disk"} {
		if text, ok := p.get(name); ok {
			p.where(records.Condition{Column: name, Values: []any{text}})
		}
	}
	return nil
}

func (p *listParams) properties() error {
	for _, g := range p.given {
		if name, ok := strings.CutPrefix(g.name, "property-"); ok {
			p.request.Properties = append(p.request.Properties, records.PropertyMatch{Name: name, Value: g.value})
		}
	}
	return nil
}
