package httperror

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestWrite(t *testing.T) {
	tests := []struct {
		name, method string
		accept       []string
		err          *Error
		status       int
		contentType  string
		length       string
		body         string
	}{
		{
			name: "no Accept", method: "GET", err: NotFound(""), status: 404,
			contentType: "text/plain; charset=UTF-8", length: "52",
			body: "404 Not Found\n\nThe resource could not be found.\n\n   ",
		},
		{
			name: "JSON", method: "GET", accept: []string{"application/json"},
			err: BadRequestExplained("Invalid marker format"), status: 400,
			contentType: "application/json", length: "105",
			body: `{"message": "Invalid marker format<br /><br />\n\n\n", "code": "400 Bad Request", "title": "Bad Request"}`,
		},
		{
			name: "two Accept fields", method: "GET", accept: []string{"text/html;q=0.1", "application/json"},
			err: BadRequestExplained("Invalid marker format"), status: 400,
			contentType: "application/json", length: "105",
			body: `{"message": "Invalid marker format<br /><br />\n\n\n", "code": "400 Bad Request", "title": "Bad Request"}`,
		},
		{
			name: "HTML", method: "GET", accept: []string{"*/*"}, err: NotFound(""), status: 404,
			contentType: "text/html; charset=UTF-8", length: "154", body: notFoundHTML,
		},
		{
			name: "raw", method: "PUT", accept: []string{"application/json"},
			err: &Error{Status: 404, Raw: "Image not found"}, status: 404,
			contentType: "text/plain; charset=UTF-8", length: "15", body: "Image not found",
		},
		{
			name: "raw of another type", method: "PUT",
			err: &Error{Status: 404, Raw: "{}", RawType: "application/json"}, status: 404,
			contentType: "application/json", length: "2", body: "{}",
		},
		{
			name: "HEAD", method: "HEAD", accept: []string{"application/json"}, err: NotFound("x"), status: 404,
			contentType: "text/html; charset=UTF-8", length: "0",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Openstack-Request-Id", "req-1")
				Write(w, r, tt.err)
			}))
			defer server.Close()
			request, err := http.NewRequest(tt.method, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header["Accept"] = tt.accept
			response, err := server.Client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != tt.status || string(body) != tt.body {
				t.Errorf("%d %q, want %d %q", response.StatusCode, body, tt.status, tt.body)
			}
			for name, want := range map[string]string{
				"Content-Type":           tt.contentType,
				"Content-Length":         tt.length,
				"X-Openstack-Request-Id": "req-1",
			} {
				if got := response.Header.Get(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestWriteHeaderFields(t *testing.T) {
	e := MethodNotAllowed("GET", "PUT, DELETE")
	w := httptest.NewRecorder()
	Write(w, httptest.NewRequest("GET", "/", nil), e)
	if got := w.Header().Get("Allow"); got != "PUT, DELETE" {
		t.Errorf("Allow: %q", got)
	}
	w.Header()["Allow"][0] = "changed"
	if got := e.Header.Get("Allow"); got != "PUT, DELETE" {
		t.Errorf("the error shares its fields with an answer: %q", got)
	}
}

func TestErrorText(t *testing.T) {
	cause := errors.New("no route to host")
	e := Unavailable("database")
	e.Err = cause
	if got, want := e.Error(), "503 Service Unavailable: database: no route to host"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !errors.Is(e, cause) {
		t.Error("the cause is lost")
	}
}
