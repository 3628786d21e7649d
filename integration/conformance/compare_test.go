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

const (
	jsonHead = "Content-Type: application/json\n\n"

	crash        = `{"request":{"method":"GET","path":"/images"},"response":{"status":500,"headers":{},"text":"x","message":""}}`
	redirect     = `{"request":{"method":"GET","path":"/x"},"response":{"status":301,"headers":{"location":"http://a:1/v1/images","allow":"GET, HEAD"},"text":""}}`
	ordered      = `{"request":{"method":"GET","path":"/images"},"pick":"/images/*/id","response":{"status":200,"headers":{},"picked":["b","a"]}}`
	greeting     = `{"request":{"method":"GET","path":"/x"},"response":{"status":200,"headers":{},"text":"hello"}}`
	rpc          = `"request":{"method":"POST","path":"/rpc","body":[{"command":"image_get"}]}`
	rpcPair      = `"request":{"method":"POST","path":"/rpc","body":[{"command":"image_get"},{"command":"image_get"}]}`
	rpcNotFound  = `{` + rpc + `,"response":{"status":200,"headers":{},"body":[{"_error":{"cls":"glance.common.exception.ImageNotFound","val":"No image"}}]}}`
	rpcCrash     = `{` + rpc + `,"response":{"status":200,"headers":{},"body":[{"_error":{"cls":"builtins.TypeError","val":"x"}}]}}`
	rpcPairCrash = `{` + rpcPair + `,"response":{"status":200,"headers":{},"body":[{"_error":{"cls":"glance.common.exception.RPCError","val":"x"}},1]}}`
)

func TestAgreeingElsewhere(t *testing.T) {
	for _, c := range []comparison{
		{name: "refusal for a crash", record: crash, status: 400},
		{name: "crash for a crash", record: crash, status: 500},
		{name: "path of a location, set of methods", record: redirect, status: 301, have: "Location: https://b/v1/images\nAllow: HEAD,GET\n\n"},
		{name: "picked", record: ordered, status: 200, have: jsonHead + `{"images":[{"id":"b","x":1},{"id":"a"}],"next":1}`},
		{name: "text", record: greeting, status: 200, have: "\n\nhello"},

		{name: "error", record: rpcNotFound, status: 200, have: jsonHead + `[{"_error":{"cls":"glance.common.exception.ImageNotFound","val":"No image"}}]`},
		{name: "any error for a crash", record: rpcCrash, status: 200, have: jsonHead + `[{"_error":{"cls":"glance.common.exception.Invalid","val":"y"}}]`},
		{name: "status for a crash", record: rpcCrash, status: 400, have: "\n\nno"},
		{name: "error for one of two", record: rpcPairCrash, status: 200, have: jsonHead + `[{"_error":{"cls":"builtins.X","val":""}},1]`},
	} {
		t.Run(c.name, c.run)
	}
}

func TestDifferingElsewhere(t *testing.T) {
	for _, c := range []comparison{
		{name: "good answer for a crash", record: crash, status: 200, have: jsonHead + `{}`},
		{name: "not implemented for a crash", record: crash, status: 501},
		{name: "another path", record: redirect, status: 301, have: "Location: http://a:1/v2/images\nAllow: GET, HEAD\n\n"},
		{name: "no location", record: redirect, status: 301, have: "Allow: GET, HEAD\n\n"},
		{name: "a method too many", record: redirect, status: 301, have: "Location: http://a:1/v1/images\nAllow: GET, HEAD, PUT\n\n"},
		{name: "order", record: ordered, status: 200, have: jsonHead + `{"images":[{"id":"a"},{"id":"b"}]}`},
		{name: "nothing to pick", record: ordered, status: 200, have: jsonHead + `{"image":[]}`},
		{name: "text", record: greeting, status: 200, have: "\n\nhello "},
		{name: "JSON for text", record: greeting, status: 200, have: jsonHead + `"hello"`},

		{name: "error of another class", record: rpcNotFound, status: 200, have: jsonHead + `[{"_error":{"cls":"glance.common.exception.NotFound","val":"No image"}}]`},
		{name: "error with another text", record: rpcNotFound, status: 200, have: jsonHead + `[{"_error":{"cls":"glance.common.exception.ImageNotFound","val":"no image"}}]`},
		{name: "status for an error", record: rpcNotFound, status: 404, have: "\n\nNo image"},
		{name: "result for an error", record: rpcNotFound, status: 200, have: jsonHead + `[{"id":1}]`},
		{name: "result for a crash", record: rpcCrash, status: 200, have: jsonHead + `[null]`},
		{name: "result with a loose word", record: rpcCrash, status: 200, have: jsonHead + `[{"_error":"oops"}]`},
		{name: "result too few", record: rpcPairCrash, status: 200, have: jsonHead + `[{"_error":{"cls":"builtins.X","val":""}}]`},
		{name: "status for one of two", record: rpcPairCrash, status: 400, have: "\n\nno"},
		{name: "other result beside a crash", record: rpcPairCrash, status: 200, have: jsonHead + `[{"_error":{"cls":"builtins.X","val":""}},2]`},
	} {
		c.mustDiffer = true
		t.Run(c.name, c.run)
	}
}

func TestCompareChanges(t *testing.T) {
	insert := func(v string) any { return mustParse(t, `{"op":"insert","row":{"id":`+v+`}}`) }
	one, two := insert(`1`), insert(`2`)
	for _, c := range []struct {
		name       string
		want, have Changes
		afterCrash bool
		agree      bool
	}{
		{"nothing", Changes{}, Changes{}, false, true},
		{"the same", Changes{"images": {one, two}}, Changes{"images": {one, two}}, false, true},
		{"nothing after a crash", Changes{"images": {one}}, Changes{}, true, true},
		{"the same after a crash", Changes{"images": {one}}, Changes{"images": {one}}, true, true},
		{"missing", Changes{"images": {one}}, Changes{}, false, false},
		{"unexpected", Changes{}, Changes{"images": {one}}, false, false},
		{"unexpected after a crash", Changes{}, Changes{"images": {one}}, true, false},
		{"other table", Changes{"images": {one}}, Changes{"tasks": {one}}, false, false},
		{"other row", Changes{"images": {one}}, Changes{"images": {two}}, false, false},
		{"other type", Changes{"images": {one}}, Changes{"images": {insert(`"1"`)}}, false, false},
		{"other count", Changes{"images": {one, two, two}}, Changes{"images": {one, one, two}}, false, false},
		{"once too often", Changes{"images": {one}}, Changes{"images": {one, one}}, false, false},
	} {
		found := compareChanges(c.want, c.have, c.afterCrash)
		if (len(found) == 0) != c.agree {
			t.Errorf("%s: %q", c.name, found)
		}
	}
}

func TestJudge(t *testing.T) {
	answer := func(s string) Step { return recordedStep(t, `{`+rpc+`,"response":`+s+`}`) }
	good := answer(`{"status":200,"body":[1]}`)
	refusal := answer(`{"status":200,"body":[{"_error":{"cls":"glance.common.exception.Invalid","val":"too long"}}]}`)
	crash := answer(`{"status":500}`)
	for _, c := range []struct {
		name            string
		main, own, have Step
		want            verdict
	}{
		{"refuses where only MariaDB did", refusal, good, refusal, asMain},
		{"answers where only MariaDB did", good, crash, good, asMain},
		{"lists where MariaDB did, in another order", good, crash, answer(`{"status":200,"body":[2]}`), harmless},
		{"refuses otherwise where only MariaDB did", refusal, good, answer(`{"status":400}`), wrong},
		{"answers as MariaDB where both answer", good, answer(`{"status":200,"body":[2]}`), good, wrong},
	} {
		o := outcome{dialect: servers.SQLite, response: c.have.Response}
		if got := o.judge(c.main, c.own); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}
