package imagesv1

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/internal/answer"
	"github.com/glancegate/glancegate/registry/records"
	"github.com/glancegate/glancegate/registry/rest"
)

func (h *API) index(q *request) error {
	return h.list(q, 0, rest.AppendBrief)
}

func (h *API) detail(q *request) error {
	return h.list(q, records.WithProperties, rest.AppendMetadata)
}

// detailHead is a 405 that names other methods than those of other methods do.
func (h *API) detailHead(*request) error {
	page := httperror.MethodNotAllowed(http.MethodHead, "GET")
	page.Detail = "This operation is currently not permitted on Glance images details."
	return page
}

func (h *API) list(q *request, children records.Children, encode func([]byte, *records.Image) []byte) error {
	if err := h.enforce(q, "get_images"); err != nil {
		return err
	}
	query, err := listQuery(q.http.URL.RawQuery)
	if err != nil {
		return err
	}
	r, err := h.Registry.ListRequest(query, q.caller, children)
	if err != nil {
		return err
	}
	// Without a project the API sent an empty one, which owns nothing; the registry
	// shows callers without one what is shared with anybody.
	caller := *q.caller
	if !caller.Owner.Valid && !caller.Admin {
		caller.Owner = records.NullOf("")
	}
	images, err := h.Registry.Service.ListImages(q.ctx, &caller, r)
	if isKind(err, records.ImageNotFound, records.ImageNotVisible) {
		return httperror.BadRequestExplained("Invalid marker. Image could not be found.")
	}
	if err != nil {
		return err
	}
	t := answer.Begin(q.w, q.http.WithContext(q.ctx))
	t.Tail = append(t.Tail, `{"images": [`...)
	for n, i := range images {
		if n > 0 {
			t.Tail = append(t.Tail, ", "...)
		}
		t.Tail = encode(t.Tail, i)
		if err := t.Room(); err != nil {
			t.Drop()
			return err
		}
	}
	t.Tail = append(t.Tail, "]}"...)
	t.End()
	return nil
}

// listParameters are those that the API passes on to the registry; others are
// ignored.
var listParameters = map[string]func(value string) bool{
	"limit": nil, "marker": nil, "sort_key": nil, "sort_dir": nil,
	"name": nil, "status": nil, "container_format": nil, "disk_format": nil,
	"changes-since": nil, "min_disk": nil,
	"min_ram": wholeNumber, "size_min": wholeNumber, "size_max": wholeNumber,
	"protected": noneOrBool, "is_public": noneOrBool,
}

func wholeNumber(value string) bool {
	n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	return err == nil && n >= 0
}

func noneOrBool(value string) bool {
	switch strings.ToLower(value) {
	case "none", "true", "false", "1", "0":
		return true
	}
	return false
}

// listQuery is the query for the registry.
func listQuery(raw string) (string, error) {
	given, err := rest.Query(raw)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for name, value := range given {
		valid, known := listParameters[name]
		if !known && !strings.HasPrefix(name, "property-") {
			continue
		}
		if valid != nil && !valid(value) {
			return "", httperror.BadRequest("Bad value passed to filter " + name + " got " + value)
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(name) + "=" + url.QueryEscape(value))
	}
	return b.String(), nil
}
