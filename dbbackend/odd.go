package dbbackend

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/glancegate/glancegate/registry/pyjson"
	"github.com/glancegate/glancegate/registry/records"
)

// oddRows are the rows with values that Glance would not have stored. They are
// answered as well as they can be, and each is told of once.
type oddRows struct {
	mu    sync.Mutex
	seen  map[string]bool
	onOdd func(row, problem string) // may be nil
}

// maxOddRows bounds what is told and remembered.
const maxOddRows = 1000

func (o *oddRows) tell(row, problem string) {
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
		problem += "; there are more such rows, about which the log says nothing"
	}
	o.onOdd(row, problem)
}

// kindTables are the tables by kind of row.
var kindTables = [...]records.Table{
	imageRow: records.Images, propertyRow: records.ImageProperties, locationRow: records.ImageLocations,
	memberRow: records.ImageMembers, tagRow: records.ImageTags,
}

// judge looks at a row that was just read, mends what no answer can show, and
// tells what is odd about it.
func (o *oddRows) judge(r *recordRow) {
	problem := r.note
	for _, text := range r.t {
		if text != nil && !utf8.ValidString(*text) {
			problem = fmt.Sprintf("%.80q is no UTF-8", *text)
		}
	}
	if r.kind == locationRow && r.t[1] != nil && !pyjson.Valid(*r.t[1]) {
		problem = fmt.Sprintf("meta_data %.80q is no JSON; {} is answered", *r.t[1])
		mended := "{}"
		r.t[1] = &mended
	}
	r.note = ""
	if problem == "" {
		return
	}
	row := string(kindTables[r.kind]) + " " + strings.ToValidUTF8(r.imageID, "?")
	if r.kind != imageRow {
		row = fmt.Sprintf("%s %d of image %s", kindTables[r.kind], value(r.n[0]), strings.ToValidUTF8(r.imageID, "?"))
	}
	o.tell(row, problem)
}

// judgeRow is judge for a row of any table. What is no JSON becomes {} in a
// schema and null elsewhere.
func (o *oddRows) judgeRow(table records.Table, row records.Row, note string) {
	problem := note
	for name, v := range row {
		text, isText := v.(string)
		if !isText {
			continue
		}
		if !utf8.ValidString(text) {
			problem = fmt.Sprintf("%s %.80q is no UTF-8", name, text)
		}
		_, column, joined := strings.Cut(name, ".")
		if !joined {
			column = name
		}
		if records.IsJSON(column) && !pyjson.Valid(text) {
			problem = fmt.Sprintf("%s %.80q is no JSON", name, text)
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
	o.tell(strings.ToValidUTF8(fmt.Sprintf("%s %v", table, id), "?"), problem)
}
