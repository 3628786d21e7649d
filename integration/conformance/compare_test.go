package conformance

import (
	"net/http"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// recordedStep reads a recorded step.
func recordedStep(t *testing.T, text string) Step {
	t.Helper()
	var c Case
	if err := newCaseDecoder(strings.NewReader(`{"steps":[` + text + `]}`)).Decode(&c); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	c.settle()
	return c.Steps[0]
}

// plainAnswer is an answer as it comes off the wire, with \n for HTTP's line ends.
func plainAnswer(t *testing.T, status int, text string) *answer {
	t.Helper()
	head, body, _ := strings.Cut(fresh(text), "\n\n")
	a := &answer{status: status, header: http.Header{}, body: []byte(body)}
	for _, line := range strings.Split(head, "\n") {
		if name, value, found := strings.Cut(line, ": "); found {
			a.header.Add(name, value)
		}
	}
	return a
}

type comparison struct {
	name       string
	dialect    servers.Kind // MySQL unless set
	record     string       // of the step
	status     int
	have       string
	mustDiffer bool
}

func (c comparison) run(t *testing.T) {
	if c.dialect == "" {
		c.dialect = servers.MySQL
	}
	step := recordedStep(t, c.record)
	n := normalizer{dialect: c.dialect}
	found := compare(step.Request, step.Response, n.response(step, plainAnswer(t, c.status, c.have)), c.dialect)
	if c.mustDiffer && len(found) == 0 {
		t.Error("no difference found")
	}
	if !c.mustDiffer && len(found) > 0 {
		t.Errorf("differs: %s", strings.Join(found, "; "))
	}
}

const (
	image    = `{"request":{"method":"GET","path":"/images/1"},"response":{"status":200,"headers":{"content-type":"application/json","x-openstack-request-id":"<request-id>"},"body":{"image":{"id":"a","size":1,"created_at":"<now:micros0>","tags":["a","b"]}}}}`
	head     = "Content-Type: application/json\nX-Openstack-Request-Id: req-0a1b2c3d-1111-2222-3333-444455556666\n\n"
	notFound = `{"request":{"method":"GET","path":"/images/1"},"response":{"status":404,"headers":{"content-type":"text/plain; charset=UTF-8"},"text":"404 Not Found\n\nThe resource could not be found.\n\nImage a & b not found\n\n   ","message":"Image a & b not found"}}`
)

func TestAgreeing(t *testing.T) {
	for _, c := range []comparison{
		{name: "as recorded", record: image, status: 200, have: head + `{"image":{"id":"a","size":1,"created_at":"{M0}","tags":["a","b"]}}`},
		{name: "spaces and orders that are free", record: image, status: 200, have: head + ` {"image": {"tags":["b","a"], "created_at":"{M0}","size":1,"id":"a"}}`},
		{name: "content type in another spelling", record: image, status: 200, have: strings.Replace(head, "application/json", "Application/JSON", 1) + `{"image":{"id":"a","size":1,"created_at":"{M0}","tags":["a","b"]}}`},
		{name: "fraction of a second", dialect: servers.PostgreSQL, record: image, status: 200, have: head + `{"image":{"id":"a","size":1,"created_at":"{M}","tags":["a","b"]}}`},

		{name: "error as text", record: notFound, status: 404, have: "Content-Type: text/plain\n\n404 Not Found\n\nThe resource could not be found.\n\nImage a &amp; b not found"},
		{name: "error as page", record: notFound, status: 404, have: "Content-Type: text/html\n\n<html><head><title>404</title></head><body><h1>404 Not Found</h1>The resource could not be found.<br />Image a &amp; b\n not found</body></html>"},
		{name: "error as JSON", record: notFound, status: 404, have: "Content-Type: application/json\n\n" + `{"code":"404","title":"Not Found","message":"The resource could not be found.<br /><br />\nImage a &amp; b not found<br /><br />"}`},
		{name: "error with more to say", record: notFound, status: 404, have: "\n\nImage a & b not found in the cellar"},
	} {
		t.Run(c.name, c.run)
	}
}

func TestDiffering(t *testing.T) {
	for _, c := range []comparison{
		{name: "status", record: image, status: 201, have: head + `{"image":{"id":"a","size":1,"created_at":"{M0}","tags":["a","b"]}}`},
		{name: "no request id", record: image, status: 200, have: "Content-Type: application/json\n\n" + `{"image":{"id":"a","size":1,"created_at":"{M0}","tags":["a","b"]}}`},
		{name: "content type", record: image, status: 200, have: strings.Replace(head, "application/json", "application/json; charset=UTF-8", 1) + `{"image":{"id":"a","size":1,"created_at":"{M0}","tags":["a","b"]}}`},
		{name: "no JSON", record: image, status: 200, have: head + `{"image":`},
		{name: "no UTF-8", record: image, status: 200, have: head + "{\"image\":\"\xff\"}"},
		{name: "key missing", record: image, status: 200, have: head + `{"image":{"id":"a","size":1,"created_at":"{M0}"}}`},
		{name: "key too many", record: image, status: 200, have: head + `{"image":{"id":"a","size":1,"created_at":"{M0}","tags":["a","b"],"owner":null}}`},
		{name: "number as text", record: image, status: 200, have: head + `{"image":{"id":"a","size":"1","created_at":"{M0}","tags":["a","b"]}}`},
		{name: "number with a point", record: image, status: 200, have: head + `{"image":{"id":"a","size":1.0,"created_at":"{M0}","tags":["a","b"]}}`},
		{name: "number as boolean", record: image, status: 200, have: head + `{"image":{"id":"a","size":true,"created_at":"{M0}","tags":["a","b"]}}`},
		{name: "null for a value", record: image, status: 200, have: head + `{"image":{"id":"a","size":null,"created_at":"{M0}","tags":["a","b"]}}`},
		{name: "item twice", record: image, status: 200, have: head + `{"image":{"id":"a","size":1,"created_at":"{M0}","tags":["a","b","b"]}}`},
		{name: "time without fraction", record: image, status: 200, have: head + `{"image":{"id":"a","size":1,"created_at":"{S}","tags":["a","b"]}}`},
		{name: "time with fraction on MariaDB", record: image, status: 200, have: head + `{"image":{"id":"a","size":1,"created_at":"{M}","tags":["a","b"]}}`},
		{name: "time with a space", dialect: servers.SQLite, record: image, status: 200, have: head + `{"image":{"id":"a","size":1,"created_at":"{SPACE}","tags":["a","b"]}}`},
		{name: "time of another day", record: image, status: 200, have: head + `{"image":{"id":"a","size":1,"created_at":"2015-01-01T00:00:00.000000","tags":["a","b"]}}`},

		{name: "other error", record: notFound, status: 400, have: "\n\nImage a & b not found"},
		{name: "other message", record: notFound, status: 404, have: "\n\nImage a & c not found"},
		{name: "no message", record: notFound, status: 404, have: "\n\n"},
		{name: "message in the title only", record: notFound, status: 404, have: "Content-Type: text/html\n\n<html><head><title>Image a &amp; b not found</title></head><body></body></html>"},
	} {
		c.mustDiffer = true
		t.Run(c.name, c.run)
	}
}
