package conformance

import (
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

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
