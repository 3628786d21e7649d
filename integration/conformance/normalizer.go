package conformance

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/glancegate/glancegate/integration/servers"
)

// maxDatasetID is the largest number of a row in a dataset; larger ones are new.
const maxDatasetID = 999

// unorderedLists are the keys of lists, and unorderedCommands the RPC commands
// with a list as result, for which the original asks the database for no order.
var (
	unorderedLists    = []string{"properties", "tags", "members", "shared_images"}
	unorderedCommands = []string{
		"image_member_find", "image_tag_get_all",
		"metadef_object_get_all", "metadef_property_get_all", "metadef_resource_type_get_all",
		"metadef_resource_type_association_get_all_by_namespace",
	}
	idKeys = []string{"id", "namespace_id", "resource_type_id"}
)

// normalizer brings values into the normal form.
type normalizer struct {
	dialect  servers.Kind
	captured []any // values that earlier answers of the case gave
	schema   *schema
}

// body normalizes the JSON body of an answer.
func (n normalizer) body(request Request, v any) any {
	v = n.value(v, "")
	if results, ok := v.([]any); ok {
		for i, name := range request.commands() {
			if i >= len(results) || !slices.Contains(unorderedCommands, name) {
				continue
			}
			if list, ok := results[i].([]any); ok {
				sortByText(list)
			}
		}
	}
	return v
}

// value normalizes a value that stands under a key of an object, "" for none. The
// items of a list stand under the key of the list.
func (n normalizer) value(v any, key string) any {
	switch v := v.(type) {
	case json.Number:
		if slices.Contains(idKeys, key) && isNewID(v) {
			return "<rowid>"
		}
		return v
	case string:
		return n.text(v)
	case []any:
		return n.list(v, key)
	case map[string]any:
		v = n.firstLocation(v)
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[n.text(k)] = n.value(x, k)
		}
		return out
	default:
		return v
	}
}

func (n normalizer) list(list []any, key string) []any {
	if n.dialect != servers.MySQL && (key == "locations" || key == "location_data") {
		list = sortedByID(list)
	}
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = n.value(x, key)
	}
	if slices.Contains(unorderedLists, key) {
		sortByText(out)
	}
	return out
}

// firstLocation makes "location" the URL of the active location with the lowest
// id, if it is that of any active one. PostgreSQL and SQLite give locations in
// the order in which rows happen to lie.
func (n normalizer) firstLocation(image map[string]any) map[string]any {
	url, isText := image["location"].(string)
	list, isList := image["location_data"].([]any)
	if n.dialect == servers.MySQL || !isText || !isList {
		return image
	}
	var active []any
	for _, l := range sortedByID(list) {
		if l, ok := l.(map[string]any); ok && l["status"] == "active" {
			active = append(active, l["url"])
		}
	}
	if !slices.Contains(active, any(url)) {
		return image
	}
	out := make(map[string]any, len(image))
	for k, v := range image {
		out[k] = v
	}
	out["location"] = active[0]
	return out
}

// isNewID reports whether n is the number of a row that no dataset has.
func isNewID(n json.Number) bool {
	i, err := n.Int64()
	return class(n) == "integer" && (err != nil || i > maxDatasetID)
}

func sortByText(list []any) {
	slices.SortStableFunc(list, func(a, b any) int { return strings.Compare(sortKey(a), sortKey(b)) })
}

// sortedByID is the list in the order of its items' ids, or as it is when an item
// is no object.
func sortedByID(list []any) []any {
	id := func(v any) any { return v.(map[string]any)["id"] }
	for _, x := range list {
		if _, ok := x.(map[string]any); !ok {
			return list
		}
	}
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b any) int {
		x, y := id(a), id(b)
		if c := strings.Compare(class(x), class(y)); c != 0 {
			return c
		}
		if x, ok := x.(json.Number); ok {
			return cmp.Compare(float(x), float(y.(json.Number)))
		}
		return strings.Compare(sortKey(x), sortKey(y))
	})
	return out
}

var (
	timePattern      = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{6})?(Z|\+00:00)?$`)
	digitsPattern    = regexp.MustCompile(`\d+`)
	addressPattern   = regexp.MustCompile(`0x[0-9a-f]{8,}`)
	uuidPattern      = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	requestIDPattern = regexp.MustCompile(`req-` + uuidPattern.String())
)

// text normalizes a string, be it a value, a key, a header or a whole page.
func (n normalizer) text(s string) string {
	if now := nowClass(s); now != "" {
		return now
	}
	// SQL in an error text is the original's own.
	if before, _, found := strings.Cut(s, "[SQL:"); found {
		s = strings.TrimRightFunc(before, unicode.IsSpace)
	}
	s = addressPattern.ReplaceAllString(s, "<address>")
	for _, v := range n.captured {
		if v, ok := v.(json.Number); ok && isNewID(v) {
			s = replaceNumber(s, string(v), "<rowid>")
		}
	}
	s = requestIDPattern.ReplaceAllString(s, "<request-id>")
	return uuidPattern.ReplaceAllStringFunc(s, func(id string) string {
		if strings.Contains(id, "-0000-4000-8000-") {
			return id // of a dataset or a request
		}
		return "<uuid>"
	})
}

// isNow reports whether the text is a time within one day of now.
func isNow(s string) bool {
	m := timePattern.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	t, err := time.Parse("2006-01-02 15:04:05", m[1]+" "+m[2])
	return err == nil && time.Since(t).Abs() <= 24*time.Hour
}

// nowClass is the placeholder of a time of now, by the way it is written, and ""
// for any other text.
func nowClass(s string) string {
	if !isNow(s) {
		return ""
	}
	m := timePattern.FindStringSubmatch(s)
	kind := "micros"
	switch m[3] {
	case "":
		kind = "seconds"
	case ".000000":
		kind = "micros0"
	}
	if s[10] == ' ' {
		kind += " space"
	}
	return "<now:" + kind + m[4] + ">"
}

// replaceNumber replaces a number where it is not part of a longer one.
func replaceNumber(s, number, by string) string {
	return digitsPattern.ReplaceAllStringFunc(s, func(digits string) string {
		if digits == number {
			return by
		}
		return digits
	})
}
