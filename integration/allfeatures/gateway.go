// Package allfeatures runs a gateway in which everything is in use, for tests that
// compare what describes the gateway with a real one.
package allfeatures

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// Start runs a gateway in which all that the documents describe is in use: a site
// with a cache in Redis that follows changes, one with a Keystone, which can't be
// reached, and one in a brownout; with an old registry beside the first one, which fails. It returns the base URL of the admin API and of
// the sites.
func Start(t testing.TB) (admin string, sites []string) {
	t.Helper()
	database := "sqlite:///" + t.TempDir() + "/demo.sqlite"
	redis := servers.NewRedis(t)
	address := kit.FreeAddress(t)
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusServiceUnavailable) }))
	t.Cleanup(old.Close)
	sites = integration.StartSites(t, "admin "+address+"\nmetrics", `
glance_registry {
	database `+database+`
	demo
	cache {
		changes
		redis `+redis+`
	}
	census {
		file `+t.TempDir()+`/census.sqlite
	}
	shadow `+old.URL+`
}`, `
glance_registry {
	database `+database+`
	identity keystone {
		auth_url http://`+kit.FreeAddress(t)+`
		username glance
		password s3cret
		project_name service
		http_request_max_retries 0
	}
}`, `
glance_registry {
	database `+database+`
	retire {
		deprecated 2026-01-01
		sunset     2096-01-01
		link       https://wiki.example.com/registry
		contact    "the cloud team"
		brownout   `+time.Now().UTC().Add(-time.Minute).Format(time.RFC3339)+` 15m
	}
}`)
	for _, body := range []string{`[{"command": "image_get_all", "kwargs": {}}]`, `[{"command": "image_get", "kwargs": {"image_id": "none"}}]`} {
		for _, site := range sites {
			Send(t, http.MethodPost, site+"/rpc", body)
		}
	}
	return "http://" + address, sites
}

// Send sends a request as an admin, and returns the body of the answer.
func Send(t testing.TB, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Identity-Status", "Confirmed")
	r.Header.Set("X-Roles", "admin")
	r.Header.Set("X-Auth-Token", "0123456789abcdef0123456789abcdef")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", url, err))
	}
	return string(text)
}
