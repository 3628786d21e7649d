package agreement

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/integration/rpctest"
)

// rowNumbers are the numbers that a database gave to rows, by kind and in the
// order in which answers showed them. Databases count differently where an INSERT
// fails, and SQLite gives the last number again when its row is gone; so commands
// and answers are compared by the places in these lists.
type rowNumbers map[string][]json.Number

const gone json.Number = "" // in the place of a row that was removed

// row stands for the number of a row in the arguments of a command.
type row struct {
	kind  string
	place int
}

// resolve puts the numbers of this database in the places of rows. A row that was
// never shown is none.
func (r rowNumbers) resolve(v any) any {
	switch v := v.(type) {
	case row:
		if len(r[v.kind]) == 0 || r[v.kind][v.place%len(r[v.kind])] == gone {
			return 987654
		}
		return r[v.kind][v.place%len(r[v.kind])]
	case object:
		out := make(object, len(v))
		for key, item := range v {
			out[key] = r.resolve(item)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for n, item := range v {
			out[n] = r.resolve(item)
		}
		return out
	}
	return v
}

// normalize is an answer as all databases should give it. What the text of an
// RPCError says is left to them.
func (r rowNumbers) normalize(command string, a *rpctest.Answer) string {
	if a.Error != nil {
		if a.Error.Class == "RPCError" {
			if a.Cause != nil {
				return fmt.Sprintf("RPCError, reported as %v", a.Cause)
			}
			return "RPCError"
		}
		return a.Error.Class + ": " + numberInText.ReplaceAllString(a.Error.Text, "$1 #")
	}
	decoder := json.NewDecoder(bytes.NewReader(a.Result))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return err.Error()
	}
	if command == "metadef_tag_create_tags" {
		r.replaceTags(v)
	}
	text, err := json.Marshal(r.replace(kindOf(command), v))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// numberInText is the number of a row in the text of an error.
var numberInText = regexp.MustCompile(`\b(id|ID)[= ]\d+`)

// kindOf is the kind of rows that a command answers.
func kindOf(command string) string {
	for _, kind := range []string{"metadef_resource_type", "metadef_object", "metadef_property", "metadef_tag", "metadef_namespace", "image_property", "image_member"} {
		if strings.HasPrefix(command, kind) {
			return kind
		}
	}
	return ""
}

// replace puts places for the numbers of rows.
func (r rowNumbers) replace(kind string, v any) any {
	switch v := v.(type) {
	case []any:
		for n := range v {
			v[n] = r.replace(kind, v[n])
		}
	case object:
		for key, item := range v {
			number, isNumber := item.(json.Number)
			switch {
			case key == "id" && isNumber:
				v[key] = r.place(kind, number)
			case key == "namespace_id":
				v[key] = r.place("metadef_namespace", number)
			case key == "properties" && kind == "":
				v[key] = r.replace("image_property", item)
			case key == "locations":
				v[key] = r.replace("location", item)
			}
		}
	}
	return v
}

func (r rowNumbers) place(kind string, number json.Number) string {
	place := slices.Index(r[kind], number)
	if place < 0 {
		place = len(r[kind])
		r[kind] = append(r[kind], number)
	}
	return fmt.Sprint(kind, " ", place)
}

// replaceTags takes out the numbers of tags that made room for new ones with the
// same numbers.
func (r rowNumbers) replaceTags(answer any) {
	list, _ := answer.([]any)
	for _, item := range list {
		number := item.(object)["id"].(json.Number)
		if place := slices.Index(r["metadef_tag"], number); place >= 0 {
			r["metadef_tag"][place] = gone
		}
	}
}

// forget takes the numbers out whose rows are no longer there.
func (r rowNumbers) forget(kind string, there []json.Number) {
	for place, number := range r[kind] {
		if !slices.Contains(there, number) {
			r[kind][place] = gone
		}
	}
}
