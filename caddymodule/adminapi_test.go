package caddymodule

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAdminHealth(t *testing.T) {
	t.Setenv("GLANCE_PASSWORD", "s3cret-database")
	s := start(t, loggingSite)
	s.do("GET", "/images", asAdmin...)
	w := httptest.NewRecorder()
	if err := new(adminAPI).Routes()[0].Handler.ServeHTTP(w, httptest.NewRequest("GET", "/glance_registry/health", nil)); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("status %d", w.Code)
	}
	if strings.Contains(w.Body.String(), "s3cret") {
		t.Errorf("the password is in %s", w.Body)
	}
	var answer struct{ Databases []databaseHealth }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	reachable := make(map[string]bool)
	for _, d := range answer.Databases {
		reachable[d.Dialect] = d.Reachable
		if d.Reachable != (d.Error == "") {
			t.Errorf("got %+v", d)
		}
	}
	if len(reachable) != 2 || !reachable["sqlite"] || reachable["postgresql"] {
		t.Errorf("got %s", w.Body)
	}
	if err := new(adminAPI).health(w, httptest.NewRequest("POST", "/glance_registry/health", nil)); err == nil {
		t.Error("POST is taken")
	}
}
