package conformance

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/integration/testdata"
)

// Load reads all cases for which keep is true, those of one dataset together.
func Load(keep func(*Case) bool) ([]*Case, error) {
	names, err := fs.Glob(testdata.Files, "cases/*.jsonl.gz")
	if err != nil {
		return nil, err
	}
	var cases []*Case
	for _, name := range names {
		err := each(name, func(c *Case) {
			if keep(c) {
				c.settle()
				cases = append(cases, c)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	slices.SortStableFunc(cases, func(a, b *Case) int { return strings.Compare(a.Dataset, b.Dataset) })
	return cases, nil
}

// Read reads cases, one JSON object on each line.
func Read(text io.Reader) (cases []*Case, err error) {
	err = decodeEach(text, func(c *Case) {
		c.settle()
		cases = append(cases, c)
	})
	return cases, err
}

// each decodes the cases of one file.
func each(name string, use func(*Case)) error {
	text, err := open(name)
	if err != nil {
		return err
	}
	defer text.Close()
	return decodeEach(text, use)
}

func decodeEach(text io.Reader, use func(*Case)) error {
	d := newCaseDecoder(bufio.NewReader(text))
	for {
		c := new(Case)
		switch err := d.Decode(c); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		use(c)
	}
}

// open reads a packed file of the test data.
func open(name string) (io.ReadCloser, error) {
	f, err := testdata.Files.Open(name)
	if err != nil {
		return nil, err
	}
	return gzip.NewReader(f)
}

// newCaseDecoder refuses what it does not know: a part of the record that nobody
// compares would be no test.
func newCaseDecoder(text io.Reader) *json.Decoder {
	d := json.NewDecoder(text)
	d.DisallowUnknownFields()
	return d
}

// Case is one recorded exchange.
type Case struct {
	ID          string
	Group       string
	Dataset     string
	OracleFault bool `json:"oracle_fault"` // the original crashed somewhere in it
	Steps       []Step
	Variants    map[servers.Kind]map[int]Variant // by the number of the step
}

// Step is one request with its answer and effect.
type Step struct {
	Request  Request
	Response Response
	Capture  map[string]string // name to path in the answer's body
	Pick     string            // of the body only the values at this path count
	Database Changes           // nil: a pure read
}

// Variant replaces parts of a step on one database; what is nil is as in the step.
type Variant struct {
	Response *Response
	Database Changes
}

// Request is what to send. At most one of the bodies is there.
type Request struct {
	Method     string
	Path       string // as it stands on the request line
	Headers    map[string]string
	Body       json.RawMessage
	BodyRaw    *string `json:"body_raw"`
	BodyBase64 *[]byte `json:"body_base64"`
}

// Response is a recorded answer, in the normal form.
type Response struct {
	Status  int
	Headers map[string]string // names in lower case
	Body    Optional
	Picked  Optional
	Text    *string
	Message string
}

// Optional is a JSON value that may be missing, which is not the same as null.
type Optional struct {
	Present bool
	Value   any
}

// UnmarshalJSON is called only for a value that is there.
func (o *Optional) UnmarshalJSON(text []byte) (err error) {
	o.Present = true
	o.Value, err = parse(text)
	return err
}

// Changes are changed rows by table: objects with op, row, key and set.
type Changes map[string][]any

// UnmarshalJSON keeps numbers as they are written.
func (c *Changes) UnmarshalJSON(text []byte) error {
	v, err := parse(text)
	if err != nil {
		return err
	}
	*c = Changes{}
	for table, rows := range v.(map[string]any) {
		(*c)[table] = rows.([]any)
	}
	return nil
}

// on is the step as the variant has it.
func (s Step) on(v Variant) Step {
	if v.Response != nil {
		s.Response = *v.Response
	}
	if v.Database != nil {
		s.Database = v.Database
	}
	return s
}

// IsV1 reports whether all requests of the case are REST calls of registry v1.
func (c *Case) IsV1() bool {
	for _, s := range c.Steps {
		if strings.HasPrefix(s.Request.Path, "/rpc") {
			return false
		}
	}
	return true
}

// commands names the RPC commands of a request, nil where it is none. A command
// without a proper name is "".
func (r Request) commands() []string {
	path, _, _ := strings.Cut(r.Path, "?")
	if path != "/rpc" || len(r.Body) == 0 {
		return nil
	}
	body, err := parse(r.Body)
	list, ok := body.([]any)
	if err != nil || !ok {
		return nil
	}
	names := make([]string, len(list))
	for i, c := range list {
		object, _ := c.(map[string]any)
		names[i], _ = object["command"].(string)
	}
	return names
}

// Dataset is the rows of a database before a case.
type Dataset struct {
	Name   string
	Tables map[string][]map[string]any // in every row all columns
}

// LoadDataset reads a dataset by its name.
func LoadDataset(name string) (*Dataset, error) {
	text, err := open("datasets/" + name + ".json.gz")
	if err != nil {
		return nil, err
	}
	defer text.Close()
	d := json.NewDecoder(text)
	d.UseNumber()
	var set Dataset
	return &set, d.Decode(&set)
}

// settle sorts the unordered lists of the record by the same key as those of
// fresh answers. Nothing else in it changes: it is in the normal form already.
func (c *Case) settle() {
	for i := range c.Steps {
		c.Steps[i].Response.settle(c.Steps[i].Request)
		c.Steps[i].Database.settle()
	}
	for _, steps := range c.Variants {
		for i, v := range steps {
			if v.Response != nil {
				v.Response.settle(c.Steps[i].Request)
			}
			v.Database.settle()
		}
	}
}

func (r *Response) settle(request Request) {
	// As on MySQL: the locations of a record stay where they are.
	n := normalizer{dialect: servers.MySQL}
	r.Body.Value = n.body(request, r.Body.Value)
}

func (c Changes) settle() {
	n := normalizer{dialect: servers.MySQL}
	for _, rows := range c {
		for i, row := range rows {
			rows[i] = n.value(row, "")
		}
		sortByText(rows)
	}
}
