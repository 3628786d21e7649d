package rpc

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

func handler() *API {
	return &API{Service: &registry.Service{}, BodyLimit: 1 << 20, MaxCommands: 3, MaxDepth: 8}
}

// TestRefusedRequests has the checks of registry-v2-rpc.md, 2.2, in their order.
func TestRefusedRequests(t *testing.T) {
	for body, want := range map[string]string{
		``:     "400 Bad Request",
		`{`:    "Malformed JSON in request body.",
		"\xff": "Malformed JSON in request body.",
		`[{"command": "image_get", "kwargs": {"image_id": {"_type": "datetime", "_value": "now"}}}]`: "Malformed JSON",
		`[{"command": "image_get", "kwargs": {"image_id": {"_type": 5, "_value": "now"}}}]`:          "Malformed JSON",
		`5`:                 "Unexpected body type. Expected list/dict.",
		`{}`:                "Request must be a list of commands",
		`["x"]`:             "Bad Command",
		`[NaN]`:             "Bad Command",
		`[{}]`:              "Wrong command structure",
		`[{"command": ""}]`: "Wrong command structure",
		`[{"command": 3}]`:  "Wrong command structure",
		`[{"command": "image_get", "kwargs": [1]}]`:                         "Wrong command structure",
		`[{"command": "get_engine"}]`:                                       "Command not found",
		`[{"command": "purge_deleted_rows"}]`:                               "Command not found",
		`[{"command": "image_get"}, {"command": "nope"}]`:                   "Command not found",
		`[{"command":"x"},{"command":"x"},{"command":"x"},{"command":"x"}]`: "more than 3 commands (limits rpc_commands)",
		`[[[[[[[[[]]]]]]]]]`:                                                "deeper than 8 levels (limits rpc_depth)",
	} {
		w := httptest.NewRecorder()
		handler().Serve(w, httptest.NewRequest("POST", "/rpc", strings.NewReader(body)), &access.Caller{Admin: true})
		if w.Code < 400 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %q", body, w.Code, w.Body)
		}
	}
}

func TestEmptyListOfCommands(t *testing.T) {
	w := httptest.NewRecorder()
	handler().Serve(w, httptest.NewRequest("POST", "/rpc", strings.NewReader(`[]`)), &access.Caller{})
	if w.Code != 200 || w.Body.String() != "[]" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestWrongArguments has the texts of registry-v2-rpc.md, 2.8.
func TestWrongArguments(t *testing.T) {
	for _, row := range []struct{ command, kwargs, python3, python2 string }{
		{"image_get", `{}`, "image_get() missing 1 required positional argument: 'image_id'", "image_get() takes at least 2 arguments (1 given)"},
		{"image_update", `{}`, "image_update() missing 2 required positional arguments: 'image_id' and 'values'", "image_update() takes at least 3 arguments (1 given)"},
		{"image_location_delete", `{}`, "image_location_delete() missing 3 required positional arguments: 'image_id', 'location_id', and 'status'", "image_location_delete() takes at least 4 arguments (1 given)"},
		{"image_destroy", `{}`, "image_destroy() missing 1 required positional argument: 'image_id'", "image_destroy() takes exactly 2 arguments (1 given)"},
		{"image_get", `{"foo": 1}`, "image_get() got an unexpected keyword argument 'foo'", "image_get() got an unexpected keyword argument 'foo'"},
		{"image_get", `{"image_id": "x", "context": 1}`, "image_get() got multiple values for argument 'context'", "image_get() got multiple values for keyword argument 'context'"},
		{"image_get", `null`, "image_get() argument after ** must be a mapping, not NoneType", "image_get() argument after ** must be a mapping, not NoneType"},
		{"image_get", `0`, "image_get() argument after ** must be a mapping, not int", "image_get() argument after ** must be a mapping, not int"},
	} {
		for _, python2 := range []bool{false, true} {
			h := handler()
			if python2 {
				h.Service.Release = compat.Rocky
			}
			w := httptest.NewRecorder()
			body := `[{"command": "` + row.command + `", "kwargs": ` + row.kwargs + `}]`
			h.Serve(w, httptest.NewRequest("POST", "/rpc", strings.NewReader(body)), &access.Caller{})
			class, text := "builtins.TypeError", row.python3
			if python2 {
				class, text = "exceptions.TypeError", row.python2
			}
			want := string(pyjson.Append([]byte(`[{"_error": {"cls": "`+class+`", "val": `), text)) + "}}]"
			if w.Body.String() != want {
				t.Errorf("%s:\n got %s\nwant %s", body, w.Body, want)
			}
		}
	}
}

func TestErrorsOnTheWire(t *testing.T) {
	for _, row := range []struct {
		err      error
		class    string
		text     string
		reported bool
	}{
		{records.ErrImageNotFound("x"), "glance.common.exception.ImageNotFound", "No image found with ID x", false},
		{records.Errorf(records.BadValue, "name is too long"), "glance.common.exception.RPCError", "name is too long", false},
		{&records.Error{Kind: records.Unavailable, Message: "gone", Err: errors.New("secret")}, "glance.common.exception.RPCError", "gone", true},
		{errors.New("secret"), "glance.common.exception.RPCError", "internal error", true},
		{keyError("owner"), "builtins.KeyError", "'owner'", false},
	} {
		reported := false
		h := handler()
		h.Report = func(*http.Request, error) { reported = true }
		got := string(h.wireError(nil, row.err).append(nil, false))
		if !strings.Contains(got, row.class) || !strings.Contains(got, row.text) || strings.Contains(got, "secret") || reported != row.reported {
			t.Errorf("%v: %s, reported %v", row.err, got, reported)
		}
	}
}

func TestPublicFlag(t *testing.T) {
	i := &records.Image{ID: "x", Visibility: records.Public}
	for _, row := range []struct {
		v1, isPublic bool
		want         string
	}{
		{false, false, `"visibility": "public", `},
		{false, true, `"is_public": true, `},
		{true, false, `"is_public": true, `},
		{true, true, `"is_public": true, `},
	} {
		text, err := imageView{image: i, service: &registry.Service{}, caller: &access.Caller{}, v1: row.v1, isPublic: row.isPublic}.appendJSON(nil)
		if err != nil || !json.Valid(text) || !strings.Contains(string(text), row.want) || strings.Count(string(text), "is_public") > 1 {
			t.Errorf("%+v: %s, %v", row, text, err)
		}
		if strings.Contains(string(text), "visibility") == row.v1 {
			t.Errorf("%+v: %s", row, text)
		}
	}
}

func TestTimes(t *testing.T) {
	v, err := pyjson.Decode([]byte(`[{"_type": "datetime", "_value": "2020-01-02T03:04:05.6+02:00", "x": 1}, {"a": {"_type": "other", "_value": 1}}]`), 5)
	if err != nil {
		t.Fatal(err)
	}
	if v, err = decodeTimes(v); err != nil {
		t.Fatal(err)
	}
	list := v.([]any)
	if at := list[0].(time.Time); !at.Equal(time.Date(2020, 1, 2, 1, 4, 5, 600000000, time.UTC)) {
		t.Error(at)
	}
	if _, ok := list[1].(*pyjson.Object); !ok {
		t.Errorf("%T", list[1])
	}
	for at, want := range map[time.Time]string{
		time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC):    `{"_type": "datetime", "_value": "2020-01-02T03:04:05"}`,
		time.Date(2020, 1, 2, 3, 4, 5, 6000, time.UTC): `{"_type": "datetime", "_value": "2020-01-02T03:04:05.000006"}`,
	} {
		if got, _ := appendValue(nil, at); string(got) != want {
			t.Errorf("%s", got)
		}
	}
}

// checkPlain compares what is read of a request in its common form with what is read of
// every request.
func checkPlain(t *testing.T, h *API, body []byte) {
	t.Helper()
	plain := plainCalls(body, h.MaxDepth)
	if plain == nil {
		return
	}
	value, err := pyjson.Decode(append(bytes.Repeat([]byte(" "), 5000), body...), h.MaxDepth) // too long to be plain
	if err == nil {
		value, err = decodeTimes(value)
	}
	if err != nil {
		t.Fatalf("%q is refused otherwise: %v", body, err)
	}
	calls, err := h.calls(value)
	if err != nil || len(calls) != 1 || calls[0].name != plain[0].name || calls[0].command != plain[0].command ||
		!bytes.Equal(pyjson.Append(nil, calls[0].kwargs), pyjson.Append(nil, plain[0].kwargs)) {
		t.Fatalf("%q is %v, %s; otherwise %v, %v", body, plain[0], pyjson.Append(nil, plain[0].kwargs), calls, err)
	}
}

func FuzzRequest(f *testing.F) {
	for _, s := range []string{
		`[{"command": "image_get", "kwargs": {"image_id": "x"}}]`,
		`[{"command": "image_get_all", "kwargs": {"filters": {"changes-since": {"_type": "datetime", "_value": "2020"}}}}]`,
		`[{"command": "is_image_mutable", "kwargs": {"image": {"owner": null}}}, {"command": "image_get", "kwargs": null}]`,
		`[{"command": "image_get", "kwargs": {"_type": "datetime", "_value": "2020-01-01"}}]`,
		`[{"command": "image_get_all", "kwargs": {"filters": {"deleted": false}, "limit": 25, "sort_key": ["created_at"]}}]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		defer kit.Cheap(t, len(body))()
		h := handler()
		checkPlain(t, h, body)
		w := httptest.NewRecorder()
		calls, err := h.decode(w, httptest.NewRequest("POST", "/rpc", strings.NewReader(string(body))))
		if err != nil {
			return
		}
		for _, c := range calls {
			err := c.bind()
			if err == nil {
				f := &filters{}
				_ = f.read(c.arg("filters"))
				continue
			}
			text := h.wireError(nil, err).append(nil, false)
			if !json.Valid(text) {
				t.Fatalf("%s: %s", body, text)
			}
			var types typeErrors
			var builtin builtinError
			if !errors.As(err, &types) && !errors.As(err, &builtin) {
				t.Fatalf("%s: %v", body, err)
			}
		}
	})
}
