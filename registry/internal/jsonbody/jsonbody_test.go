package jsonbody

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPresent(t *testing.T) {
	for _, row := range []struct {
		method  string
		length  int64
		present bool
	}{
		{"GET", 0, false}, {"GET", 2, true}, {"GET", -1, false}, {"DELETE", -1, false},
		{"POST", 0, false}, {"POST", 2, true}, {"POST", -1, true}, {"PUT", -1, true}, {"PATCH", -1, true},
	} {
		r := httptest.NewRequest(row.method, "/", nil)
		r.ContentLength = row.length
		if Present(r) != row.present {
			t.Errorf("%s with length %d: %v", row.method, row.length, !row.present)
		}
	}
}

var limits = Limits{Bytes: 40, BytesName: "limits bytes", Depth: 3, DepthName: "limits depth"}

func read(body io.Reader) (any, error) {
	return Read(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", body), limits)
}

func TestRead(t *testing.T) {
	for _, text := range []string{`{}`, `[]`, ` {"a": [1]} `, `[[[]]]`} {
		if v, err := read(strings.NewReader(text)); err != nil || v == nil {
			t.Errorf("%s: %v, %v", text, v, err)
		}
	}
	for text, want := range map[string]string{
		``:                             "Malformed JSON in request body.",
		`{"a":`:                        "Malformed JSON in request body.",
		"\xef\xbb\xbf{}":               "Malformed JSON in request body.",
		"\"\xff\"":                     "Malformed JSON in request body.",
		`{} {}`:                        "Malformed JSON in request body.",
		`null`:                         "Unexpected body type. Expected list/dict.",
		`5`:                            "Unexpected body type. Expected list/dict.",
		`[[[[]]]]`:                     "nested deeper than 3 levels (limits depth)",
		`["` + strings.Repeat("x", 40): "larger than 40 bytes (limits bytes)",
	} {
		if v, err := read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", text, v, err)
		}
	}
}

func TestReadOfABrokenBody(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(`{"a"`), errReader{})
	if _, err := read(broken); err == nil || !strings.Contains(err.Error(), "ended too early") {
		t.Error(err)
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
