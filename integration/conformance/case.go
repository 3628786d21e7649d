package conformance

import (
	"encoding/json"
	"strings"

	"github.com/glancegate/glancegate/integration/servers"
)

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
