package shadow

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
)

// left is what a write of the old service left, as far as its answer says.
type left struct {
	read string // the name of the route or command that reads it
	row  any    // nil: the answer does not say
}

// agrees reports whether the gateway's answer to the read has the row.
func (l *left) agrees(answer *Answer) bool {
	if l.row == nil || answer.Status != http.StatusOK {
		return false
	}
	v, err := pyjson.Decode(answer.Body, maxDepth)
	if err != nil {
		return false
	}
	d := &differ{comparison: &comparison{}}
	d.value("", "", l.row, rowIn(v))
	return !d.differ()
}

// rowIn is the row in the answer to a read of one image: the first result, or the image.
func rowIn(v any) any {
	if list, isList := v.([]any); isList && len(list) == 1 {
		return list[0]
	}
	o, _ := v.(*pyjson.Object)
	image, _ := o.Get("image")
	return image
}

// readBack is the reads of what a write left.
func readBack(x *Exchange, answer *Answer) []*Exchange {
	v, err := pyjson.Decode(answer.Body, maxDepth)
	if err != nil {
		v = nil
	}
	if x.RPC {
		return readBackRPC(x, v)
	}
	return readBackV1(x, v)
}

// readBackV1 reads the image, or the members of it.
func readBackV1(x *Exchange, answer any) []*Exchange {
	route := x.Calls[0]
	parts := strings.Split(strings.Trim(x.Request.URL.EscapedPath(), "/"), "/")
	l := &left{read: "images.show"}
	if route == "images.create" || route == "images.update" {
		l.row = rowIn(answer)
	}
	path := ""
	switch {
	case route == "images.create":
		image, _ := l.row.(*pyjson.Object)
		id, _ := image.Get("id")
		if name, isText := id.(string); isText {
			path = "/images/" + url.PathEscape(name)
		}
	case strings.HasPrefix(route, "images.") && len(parts) == 2:
		path = "/images/" + parts[1]
	case strings.HasPrefix(route, "members.") && len(parts) >= 2:
		path, l.read = "/images/"+parts[1]+"/members", "members.index"
	}
	if path == "" {
		return nil
	}
	q := x.Request.get(path)
	return []*Exchange{{Request: q, Calls: []string{route}, Gateway: x.Gateway, left: l}}
}

// get is the request of the same caller for a path.
func (q *Request) get(path string) *Request {
	u, err := url.Parse(path)
	if err != nil {
		u = &url.URL{Path: path}
	}
	return &Request{Method: http.MethodGet, URL: u, Host: q.Host, Header: q.withoutBody()}
}

// call is the request of the same caller for a command.
func (q *Request) call(command string, kwargs *pyjson.Object) *Request {
	c := pyjson.NewObject()
	c.Set("command", command)
	c.Set("kwargs", kwargs)
	u := *q.URL
	header := q.withoutBody()
	header.Set("Content-Type", "application/json")
	return &Request{Method: http.MethodPost, URL: &u, Host: q.Host, Header: header, Body: pyjson.Append(nil, []any{c})}
}

func (q *Request) withoutBody() http.Header {
	header := q.Header.Clone()
	for _, name := range []string{"Content-Length", "Content-Type", "Content-Encoding"} {
		header.Del(name)
	}
	return header
}

// readBackRPC reads what each command left that did not fail.
func readBackRPC(x *Exchange, answer any) (reads []*Exchange) {
	commands, err := pyjson.Decode(x.Request.Body, maxDepth)
	list, _ := commands.([]any)
	results, _ := answer.([]any)
	if err != nil || len(list) != len(results) || len(list) != len(x.Calls) {
		return nil
	}
	for n, item := range list {
		if _, failed := failure(results[n]); failed {
			continue
		}
		command, _ := item.(*pyjson.Object)
		v, _ := command.Get("kwargs")
		kwargs, _ := v.(*pyjson.Object)
		read, args := readerOf(strings.TrimPrefix(x.Calls[n], "rpc."), kwargs, results[n])
		if args == nil {
			continue
		}
		l := &left{read: "rpc." + read}
		if x.Calls[n] == "rpc.image_create" || x.Calls[n] == "rpc.image_update" {
			l.row = results[n]
		}
		reads = append(reads, &Exchange{
			Request: x.Request.call(read, args), Calls: []string{x.Calls[n]}, RPC: true, Gateway: x.Gateway, left: l,
		})
	}
	return reads
}

// at is the first value that objects have under one of the keys; a key may be a path with
// one slash.
func at(o *pyjson.Object, paths ...string) (any, bool) {
	for _, path := range paths {
		key, inner, nested := strings.Cut(path, "/")
		v, found := o.Get(key)
		if nested && found {
			object, _ := v.(*pyjson.Object)
			v, found = object.Get(inner)
		}
		if found && v != nil {
			return v, true
		}
	}
	return nil, false
}

// readers say how to read what commands left: the commands by the beginning of their
// names, the one that reads, its argument, and where the value of that is among the
// arguments of the write or in its result. The first that fits counts.
var readers = []struct {
	prefix, read, argument string
	arguments, result      []string
}{
	{"image_member_", "image_member_find", "image_id", []string{"values/image_id"}, []string{"image_id"}},
	{"image_tag_", "image_tag_get_all", "image_id", []string{"image_id"}, nil},
	{"image_property_", "image_get", "image_id", []string{"values/image_id", "image_ref"}, nil},
	{"image_", "image_get", "image_id", []string{"image_id"}, []string{"id"}},
	{"task_", "task_get", "task_id", []string{"task_id"}, []string{"id"}},
	{"metadef_namespace_", "metadef_namespace_get", "namespace_name", nil, []string{"namespace"}},
	{"metadef_object_", "metadef_object_get_all", "namespace_name", []string{"namespace_name"}, nil},
	{"metadef_property_", "metadef_property_get_all", "namespace_name", []string{"namespace_name"}, nil},
	{"metadef_tag_", "metadef_tag_get_all", "namespace_name", []string{"namespace_name"}, nil},
	{"metadef_resource_type_association_", "metadef_resource_type_association_get_all_by_namespace", "namespace_name", []string{"namespace_name"}, nil},
	{"metadef_resource_type_", "metadef_resource_type_get_all", "", nil, nil},
}

// readerOf is the command that reads what another one left, with its arguments; nil
// where it is not known.
func readerOf(command string, kwargs *pyjson.Object, result any) (read string, args *pyjson.Object) {
	row, _ := result.(*pyjson.Object)
	for _, r := range readers {
		if !strings.HasPrefix(command, r.prefix) {
			continue
		}
		args = pyjson.NewObject()
		if r.argument != "" {
			v, found := at(kwargs, r.arguments...)
			if !found {
				v, found = at(row, r.result...)
			}
			if !found {
				return "", nil
			}
			args.Set(r.argument, v)
		}
		if r.read == "image_get" || r.read == "task_get" {
			args.Set("force_show_deleted", true)
		}
		if v, given := kwargs.Get("v1_mode"); given && r.read == "image_get" {
			args.Set("v1_mode", v)
		}
		return r.read, args
	}
	return "", nil
}
