package caddymodule

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const releaseSite = `{
	metrics
}
http://$ADDR {
	metrics /metrics
	glance_registry {
		database sqlite:///$DB
		demo
	}
}
`

// change runs a statement in the database behind the site.
func (s *site) change(statement string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.db+"?_pragma=busy_timeout(20000)")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		s.t.Fatal(err)
	}
}

func health(t *testing.T) (status int, database databaseHealth) {
	t.Helper()
	w := httptest.NewRecorder()
	if err := new(adminAPI).health(w, httptest.NewRequest("GET", "/glance_registry/health", nil)); err != nil {
		t.Fatal(err)
	}
	var answer struct{ Databases []databaseHealth }
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Databases) != 1 {
		t.Fatalf("%s: %v", w.Body, err)
	}
	return w.Code, answer.Databases[0]
}

// What a database is stands in the health report, in a metric and in the log, and
// decides what is served.
func TestSchemaStates(t *testing.T) {
	s := start(t, releaseSite)
	const show = "/images/detail"
	s.do("GET", show, asAdmin...) // makes the file
	for n, row := range []struct {
		statement, state, release string
		writable                  bool
		reads, writes             int
		note                      string
	}{
		{"SELECT 1", "complete", "2024.1, 2024.2, 2025.1, 2025.2, 2026.1, 2026.2", true, 200, 200, ""},
		{"UPDATE alembic_version SET version_num = '2030_1_contract01'", "newer", "", false, 200, 403, "2030_1_contract01"},
		{"UPDATE alembic_version SET version_num = 'train_contract01'", "complete", "Train", true, 200, 200, ""},
		{"DROP TABLE image_tags", "foreign", "", false, 503, 503, "lacks image_tags.id"},
	} {
		s.change(row.statement)
		status, d := health(t)
		if d.Schema == nil || string(d.Schema.Kind) != row.state || d.Schema.Release != row.release || d.Schema.Writable != row.writable ||
			d.Schema.Readable != (row.reads == 200) || !d.Reachable || !strings.Contains(d.Schema.Note, row.note) || (status == 200) != (row.reads == 200) {
			t.Errorf("%s: %d %+v %+v", row.state, status, d, d.Schema)
		}
		if r, body := s.do("GET", show, asAdmin...); r.StatusCode != row.reads {
			t.Errorf("%s: reading: %d %s", row.state, r.StatusCode, body)
		}
		r, body := s.send(s.request("POST", "/images", strings.NewReader(`{"image": {"status": "queued"}}`), asAdmin...))
		if r.StatusCode != row.writes || row.writes == 403 && !strings.Contains(body, row.note) {
			t.Errorf("%s: writing: %d %s", row.state, r.StatusCode, body)
		}
		_, scrape := s.do("GET", "/metrics")
		metric := `state="` + row.state + `"} 1`
		if count := strings.Count(scrape, "\nglance_registry_database_schema_info{"); count != 1 || !strings.Contains(scrape, metric) {
			t.Errorf("%s: %d metrics, none with %s", row.state, count, metric)
		}
		text := "the schema of the database has changed"
		if n == 0 {
			text = "schema of the database"
		}
		lines := s.logLines(text, max(n, 1))
		if last := lines[len(lines)-1]; last["state"] != row.state || !strings.Contains(last["note"].(string), row.note) {
			t.Errorf("%s: logged %v", row.state, last)
		}
	}
}

// Clients of old releases get the answers that they know.
func TestCompatibleWith(t *testing.T) {
	for release, want := range map[string]struct {
		deletedIsPublic, importing, isPublicOverRPC, python2 bool
	}{
		"mitaka": {true, false, true, true},
		"newton": {true, false, true, true},
		"ocata":  {false, false, false, true},
		"pike":   {false, true, false, true},
		"rocky":  {false, true, false, true},
		"stein":  {false, true, false, false},
		"train":  {false, true, false, false},
		"":       {false, true, false, false},
	} {
		t.Run("as "+release, func(t *testing.T) {
			directive := "compatible_with " + release
			if release == "" {
				directive = ""
			}
			s := start(t, strings.Replace(releaseSite, "demo\n", "demo\n"+directive+"\n", 1))
			made, body := s.send(s.request("POST", "/images", strings.NewReader(`{"image": {"status": "importing", "name": "i"}}`), asAdmin...))
			if made.StatusCode != http.StatusOK {
				t.Fatal(body)
			}
			_, id, _ := strings.Cut(body, `"id": "`)
			id = id[:36]
			if _, list := s.do("GET", "/images?name=i", asAdmin...); strings.Contains(list, id) != want.importing {
				t.Errorf("an importing image is listed: %v", !want.importing)
			}
			if _, shown := s.do("GET", "/images/"+id, asAdmin...); !strings.Contains(shown, id) {
				t.Errorf("an importing image is not shown: %s", shown)
			}
			_, answer := s.send(s.request("POST", "/rpc", strings.NewReader(`[{"command": "image_get", "kwargs": {"image_id": "`+id+`"}}]`), asAdmin...))
			if strings.Contains(answer, `"is_public"`) != want.isPublicOverRPC || !strings.Contains(answer, `"visibility"`) {
				t.Error(answer)
			}
			_, answer = s.send(s.request("POST", "/rpc", strings.NewReader(`[{"command": "image_get"}]`), asAdmin...))
			if strings.Contains(answer, `"exceptions.TypeError"`) != want.python2 {
				t.Error(answer)
			}
			kept := "private" // which clients before Ocata can't tell from shared
			if !want.isPublicOverRPC {
				kept = "shared"
			}
			s.change("UPDATE images SET visibility = 'private' WHERE id = '" + id + "'")
			_, answer = s.send(s.request("POST", "/rpc", strings.NewReader(`[{"command": "image_update", "kwargs": {"image_id": "`+id+
				`", "values": {"name": "j", "is_public": false}}}]`), asAdmin...))
			if !strings.Contains(answer, `"visibility": "`+kept+`"`) {
				t.Errorf("renamed, not %s: %s", kept, answer)
			}
			_, answer = s.send(s.request("POST", "/rpc", strings.NewReader(
				`[{"command": "image_get_all", "kwargs": {"filters": {"visibility": "private", "name": "j"}}}]`), asAdmin...))
			if strings.Contains(answer, id) != want.isPublicOverRPC {
				t.Errorf("private images: %s", answer)
			}
			if _, gone := s.do("DELETE", "/images/"+id, asAdmin...); strings.Contains(gone, `"is_public"`) != want.deletedIsPublic || !strings.Contains(gone, id) {
				t.Error(gone)
			}
		})
	}
}
