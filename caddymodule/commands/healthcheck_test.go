package commands

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestHealthcheckCommand(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/disabled":
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, "DISABLED BY FILE\n")
		case "/frozen":
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	for path, want := range map[string]string{
		"/fine":     "",
		"/disabled": "503 Service Unavailable: DISABLED BY FILE",
		"/frozen":   "deadline exceeded",
	} {
		timeout := time.Minute
		if path == "/frozen" {
			timeout = 500 * time.Millisecond
		}
		cmd := healthcheckCommand()
		cmd.SetArgs([]string{"--url", server.URL + path, "--timeout", timeout.String()})
		cmd.SetOut(io.Discard)
		cmd.SetErr(io.Discard)
		err := cmd.ExecuteContext(t.Context())
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", path, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, not %q", path, err, want)
		}
	}
}
