package caddymodule

import (
	"database/sql"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

const boundedSite = `http://$ADDR {
	glance_registry {
		database sqlite:///$DB
		demo
		limits {
			request 1s
		}
	}
}
`

// A request that the database does not answer gets its answer in time, in the
// form of its protocol.
func TestRequestHasADeadline(t *testing.T) {
	s := start(t, boundedSite)
	s.do("GET", "/images", asAdmin...) // makes the file
	db, err := sql.Open("sqlite", s.db)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	put := s.request("PUT", "/images/x", strings.NewReader(`{"image": {"name": "x"}}`), asAdmin...)
	put.Header.Set("Content-Type", "application/json")
	res, body := s.send(put)
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	rpc := s.request("POST", "/rpc", strings.NewReader(
		`[{"command": "image_destroy", "kwargs": {"image_id": "x"}}, {"command": "image_destroy", "kwargs": {"image_id": "y"}}]`), asAdmin...)
	res, body = s.send(rpc)
	if res.StatusCode != http.StatusOK || strings.Count(body, "RPCError") < 2 || !strings.Contains(body, "database") {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
	if took := time.Since(begin); took > 15*time.Second {
		t.Errorf("two requests of a second each took %v", took)
	}
	if len(s.logLines("request failed", 2)) < 2 {
		t.Error("the causes are not logged")
	}
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if res, body := s.do("GET", "/images", asAdmin...); res.StatusCode != http.StatusOK {
		t.Errorf("status %d: %s", res.StatusCode, body)
	}
}

// A database that hangs is no fault of another one in the health report.
func TestHealthReportAsksSideBySide(t *testing.T) {
	var hanging []string
	for range 3 {
		silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
		if err != nil {
			t.Fatal(err)
		}
		defer silent.Close()
		hanging = append(hanging, silent.Addr().String())
	}
	s := start(t, `http://$ADDR {
	glance_registry /first/*  {
		database mysql+pymysql://glance:secret@`+hanging[0]+`/glance
	}
	glance_registry /second/*  {
		database postgresql://glance:secret@`+hanging[1]+`/glance
	}
	glance_registry /third/*  {
		database mysql+pymysql://glance:secret@`+hanging[2]+`/glance
	}
	glance_registry {
		database sqlite:///$DB
		demo
	}
}
`)
	s.do("GET", "/images", asAdmin...)
	w := httptest.NewRecorder()
	begin := time.Now()
	if err := new(adminAPI).health(w, httptest.NewRequest("GET", "/glance_registry/health", nil)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > 2*healthTimeout {
		t.Errorf("the report took %v", took)
	}
	var answer struct{ Databases []databaseHealth }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Databases) != 4 {
		t.Errorf("got %s", w.Body)
	}
	for _, d := range answer.Databases {
		if d.Reachable != (d.Dialect == "sqlite") || d.Reachable != (d.Error == "") {
			t.Errorf("got %+v", d)
		}
	}
}
