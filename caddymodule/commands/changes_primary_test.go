package commands

import (
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/servers"
)

// TestChangesOfReplicas names the primary as what is needed, in each command that
// tries to follow a database.
func TestChangesOfReplicas(t *testing.T) {
	primary := servers.NewServer(t, servers.PostgreSQL)
	db := primary.NewDatabase(t)
	if err := feed.Install(t.Context(), db.URL); err != nil {
		t.Fatal(err)
	}
	readOnly := servers.NewServer(t, servers.MySQL)
	for _, replica := range []*servers.Database{servers.NewStandby(t, primary).Replica(t, db), readOnly.NewDatabase(t)} {
		if replica.Dialect == servers.MySQL {
			readOnly.Exec(t, "SET GLOBAL read_only = 1")
			t.Cleanup(func() { readOnly.Exec(t, "SET GLOBAL read_only = 0") })
		}
		const want = "give the URL of the primary"
		if out, err := runChanges(t, replica, "status"); err == nil || !strings.Contains(out, want) {
			t.Errorf("%s: status: %v\n%s", replica.Dialect, err, out)
		}
		got, code := runCheckJSON(t, checkSite(t, "database "+replica.URL+"\ncache {\nchanges\n}"))
		wantResults(t, got, map[string]string{"changes": "failed: " + want})
		if code != exitFailed {
			t.Errorf("%s: exit code %d", replica.Dialect, code)
		}
		if replica.Dialect == servers.PostgreSQL {
			if out, err := runChanges(t, replica, "install"); err == nil || !strings.Contains(out, want) {
				t.Errorf("install: %v\n%s", err, out)
			}
		}
	}
}
