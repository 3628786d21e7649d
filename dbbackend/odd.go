package dbbackend

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// oddRows reports rows with values that Glance would not have stored, once each. The
// answers show such values as well as possible.
type oddRows struct {
	mu    sync.Mutex
	seen  map[string]bool
	onOdd func(row, problem string) // may be nil
}

// maxOddRows bounds the rows that are reported and remembered.
const maxOddRows = 1000

func (o *oddRows) report(row, problem string) {
	if o.onOdd == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.seen[row] || len(o.seen) >= maxOddRows {
		return
	}
	if o.seen == nil {
		o.seen = map[string]bool{}
	}
	o.seen[row] = true
	if len(o.seen) == maxOddRows {
		problem += "; further rows are not logged"
	}
	o.onOdd(row, problem)
}

// kindTables are the tables by kind of row.
var kindTables = [...]records.Table{
	sqltext.ImageRow: records.Images, sqltext.PropertyRow: records.ImageProperties, sqltext.LocationRow: records.ImageLocations,
	sqltext.MemberRow: records.ImageMembers, sqltext.TagRow: records.ImageTags,
}

// check looks at a row that was just read, replaces what no answer can show, and
// reports it.
func (o *oddRows) check(r *recordRow) {
	problem := r.note
	for _, text := range r.t {
		if text != nil && !utf8.ValidString(*text) {
			problem = fmt.Sprintf("%.80q is not UTF-8", *text)
		}
	}
	if r.kind == sqltext.LocationRow && r.t[1] != nil && !pyjson.Valid(*r.t[1]) {
		problem = fmt.Sprintf("meta_data %.80q is not JSON; the answer has {}", *r.t[1])
		repaired := "{}"
		r.t[1] = &repaired
	}
	r.note = ""
	if problem == "" {
		return
	}
	row := string(kindTables[r.kind]) + " " + strings.ToValidUTF8(r.imageID, "?")
	if r.kind != sqltext.ImageRow {
		row = fmt.Sprintf("%s %d of image %s", kindTables[r.kind], value(r.n[0]), strings.ToValidUTF8(r.imageID, "?"))
	}
	o.report(row, problem)
}

// checkRow is check for a row of any table. Invalid JSON becomes {} in a schema and
// null elsewhere.
func (o *oddRows) checkRow(table records.Table, row records.Row, note string) {
	problem := note
	for name, v := range row {
		text, isText := v.(string)
		if !isText {
			continue
		}
		if !utf8.ValidString(text) {
			problem = fmt.Sprintf("%s %.80q is not UTF-8", name, text)
		}
		_, column, joined := strings.Cut(name, ".")
		if !joined {
			column = name
		}
		if records.IsJSON(column) && !pyjson.Valid(text) {
			problem = fmt.Sprintf("%s %.80q is not JSON", name, text)
			row[name] = nil
			if column == "json_schema" {
				row[name] = "{}"
			}
		}
	}
	if problem == "" {
		return
	}
	id := row["id"]
	if id == nil {
		id = row["name"]
	}
	o.report(strings.ToValidUTF8(fmt.Sprintf("%s %v", table, id), "?"), problem)
}
