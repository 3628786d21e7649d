package shadow

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
)

// unorderedLists are the keys of lists, and unorderedCommands the commands with a list as
// result, for which the old service asked the database for no order.
var (
	unorderedLists    = []string{"properties", "tags", "members", "shared_images", "locations", "location_data"}
	unorderedCommands = []string{
		"rpc.image_member_find", "rpc.image_tag_get_all",
		"rpc.metadef_object_get_all", "rpc.metadef_property_get_all", "rpc.metadef_resource_type_get_all",
		"rpc.metadef_resource_type_association_get_all_by_namespace",
	}
)

// differ compares values that stand under a call.
type differ struct {
	*comparison
	call string // under which differences are counted
	read string // what was asked
}

func (d *differ) add(kind Kind, path, old, new string) {
	d.comparison.add(kind, d.call, path, old, new)
}

// results compares the results of RPC commands, each with its own name.
func (d *differ) results(x *Exchange, old, new any) {
	a, isOld := old.([]any)
	b, isNew := new.([]any)
	if !isOld || !isNew || len(a) != len(b) || len(a) != len(x.Calls) {
		d.add(Body, "", text(old), text(new))
		return
	}
	for n, call := range x.Calls {
		d.call, d.read = call, x.names()[n]
		d.result("/"+strconv.Itoa(n), a[n], b[n])
	}
}

// result compares the results of a command. A failure is an object in their place.
func (d *differ) result(path string, old, new any) {
	classOld, failedOld := failure(old)
	classNew, failedNew := failure(new)
	switch {
	case !failedOld && !failedNew:
		if a, isList := old.([]any); isList && slices.Contains(unorderedCommands, d.read) {
			if b, isList := new.([]any); isList {
				d.list(path, a, b, true)
				return
			}
		}
		d.value(path, "", old, new)
	case failedOld && failedNew && isCrash(old):
		if classOld != classNew {
			d.allow(BadInput)
		}
	case !failedOld || !failedNew || classOld != classNew:
		d.add(Status, path, orResult(classOld), orResult(classNew))
	case text(old) != text(new):
		d.allow(ErrorText)
	}
}

func orResult(class string) string {
	if class == "" {
		return "a result"
	}
	return class
}

// failure is the class of the error that a result is.
func failure(result any) (class string, failed bool) {
	o, _ := result.(*pyjson.Object)
	v, found := o.Get("_error")
	if !found || o.Len() != 1 {
		return "", false
	}
	e, _ := v.(*pyjson.Object)
	name, _ := e.Get("cls")
	class, _ = name.(string)
	return class, true
}

// isCrash reports whether a result is an accident inside the old service.
func isCrash(result any) bool {
	class, failed := failure(result)
	return failed && (!strings.HasPrefix(class, "glance.common.exception.") || class == "glance.common.exception.RPCError")
}

// value compares values that stand under a key, which is empty outside objects.
func (d *differ) value(path, key string, old, new any) {
	switch a := old.(type) {
	case *pyjson.Object:
		if b, ok := new.(*pyjson.Object); ok {
			d.objects(path, a, b)
			return
		}
	case []any:
		if b, ok := new.([]any); ok {
			d.list(path, a, b, slices.Contains(unorderedLists, key))
			return
		}
	default:
		if scalarsAgree(old, new) {
			return
		}
	}
	d.add(Field, path, text(old), text(new))
}

// scalarsAgree compares values that are no lists and objects, with the types that a
// client in Python sees: 1 and 1.0 differ, 1.0 and 1.00 don't.
func scalarsAgree(old, new any) bool {
	a, isNumber := old.(json.Number)
	b, bothNumbers := new.(json.Number)
	if !isNumber || !bothNumbers {
		switch new.(type) {
		case []any, *pyjson.Object:
			return false
		}
		return old == new
	}
	if a == b {
		return true
	}
	if pyjson.IsInt(a) || pyjson.IsInt(b) {
		return false
	}
	x, errX := a.Float64()
	y, errY := b.Float64()
	return errX == nil && errY == nil && x == y
}

func (d *differ) objects(path string, old, new *pyjson.Object) {
	if !slices.Equal(old.Keys(), new.Keys()) && old.Len() == new.Len() {
		d.allow(KeyOrder)
	}
	for _, key := range old.Keys() {
		a, _ := old.Get(key)
		b, there := new.Get(key)
		switch {
		case !there:
			d.add(Field, path+"/"+key, text(a), absent)
		case key == "value" && isSecretProperty(old):
			if !scalarsAgree(a, b) {
				d.add(Field, path+"/"+key, hidden, hidden)
			}
		case key == "location" && !scalarsAgree(a, b) && anyActive(old, b):
			d.allow(FirstLocation)
		default:
			d.value(path+"/"+key, key, a, b)
		}
	}
	for _, key := range new.Keys() {
		if _, there := old.Get(key); !there {
			b, _ := new.Get(key)
			d.add(Field, path+"/"+key, absent, text(b))
		}
	}
}

// absent is what a difference shows in place of a value that is not there.
const absent = "(absent)"

// anyActive reports whether a URL is that of an active location of an image of v1. Which of
// them comes first is not defined.
func anyActive(image *pyjson.Object, url any) bool {
	v, _ := image.Get("location_data")
	list, _ := v.([]any)
	return slices.ContainsFunc(list, func(v any) bool {
		l, _ := v.(*pyjson.Object)
		status, known := l.Get("status")
		u, _ := l.Get("url")
		return (!known || status == "active") && u == url
	})
}

// list compares lists by what identifies their items.
func (d *differ) list(path string, old, new []any, unordered bool) {
	a, b := keysOf(old), keysOf(new)
	inNew := make(map[string]int, len(b))
	for n, key := range b {
		inNew[key] = n
	}
	inOld := make(map[string]bool, len(a))
	var common []string
	for n, key := range a {
		inOld[key] = true
		m, there := inNew[key]
		if !there {
			d.add(Row, path+"/"+key, text(old[n]), absent)
			continue
		}
		common = append(common, key)
		d.value(path+"/"+key, "", old[n], new[m])
	}
	var order []string
	for n, key := range b {
		if inOld[key] {
			order = append(order, key)
		} else {
			d.add(Row, path+"/"+key, absent, text(new[n]))
		}
	}
	switch {
	case slices.Equal(common, order):
	case unordered:
		d.allow(UnorderedList)
	default:
		d.add(Order, path, shorten(strings.Join(common, " ")), shorten(strings.Join(order, " ")))
	}
}

// keysOf identifies the items of a list, each once.
func keysOf(list []any) []string {
	keys, seen := make([]string, len(list)), make(map[string]int, len(list))
	for n, item := range list {
		key := keyOf(item)
		seen[key]++
		if times := seen[key]; times > 1 {
			key += " (" + strconv.Itoa(times) + ")"
		}
		keys[n] = key
	}
	return keys
}

// keyOf is what identifies a row, or the text of what is none.
func keyOf(item any) string {
	o, isObject := item.(*pyjson.Object)
	if isObject {
		for _, name := range []string{"id", "member_id", "image_id", "name"} {
			if v, ok := o.Get(name); ok && v != nil {
				return strings.Trim(text(v), `"`)
			}
		}
	}
	return text(item)
}

// text is a value as JSON, for people: without secrets, which can't be found any more in
// what is cut off.
func text(v any) string { return shorten(string(pyjson.Append(nil, hide(v)))) }

// shorten bounds a text.
func shorten(s string) string {
	const limit = 300
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
