package feed_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/servers"
)

func newPostgreSQL(t *testing.T) *servers.Database {
	db := servers.NewDatabase(t, servers.PostgreSQL)
	install(t, db)
	return db
}

func TestTriggersAreWatched(t *testing.T) {
	t.Parallel()
	db := newPostgreSQL(t)
	r, _ := follow(t, feed.Config{URL: db.URL})
	for i, tt := range []struct{ breaks, reason string }{
		{"DROP TRIGGER glance_registry_changes ON image_members", "table image_members has no trigger glance_registry_changes"},
		{"DROP TRIGGER glance_registry_truncate ON images", "table images has no trigger glance_registry_truncate"},
		{"ALTER TABLE images DISABLE TRIGGER ALL", "switched off"},
		{"ALTER TABLE images ENABLE TRIGGER glance_registry_changes", "switched off or was changed"}, // but not always
		{"DROP TRIGGER glance_registry_changes ON images; CREATE TRIGGER glance_registry_changes AFTER INSERT ON images" +
			" FOR EACH ROW EXECUTE PROCEDURE glance_registry_gateway.notify('id'); ALTER TABLE images ENABLE ALWAYS TRIGGER glance_registry_changes", "switched off or was changed"},
		{"CREATE OR REPLACE FUNCTION glance_registry_gateway.notify() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'", "another version"},
		{"ALTER FUNCTION glance_registry_gateway.notify() SECURITY DEFINER", "switched off or was changed"},
		{"ALTER TABLE images DISABLE TRIGGER glance_registry_changes; ALTER TABLE images ENABLE ALWAYS TRIGGER glance_registry_changes", "missing for a moment"},
		{"ALTER TABLE image_tags RENAME TO gone", "table image_tags has no trigger"},
	} {
		r.awaitUp()
		r.breaks(t, func() { exec(t, db, tt.breaks) })
		r.mu.Lock()
		reason := r.downs[len(r.downs)-1].Error()
		r.mu.Unlock()
		if !strings.Contains(reason, tt.reason) || !strings.Contains(reason, "changes install") && tt.reason != "missing for a moment" {
			t.Errorf("%s: %s, want %q", tt.breaks, reason, tt.reason)
		}
		if strings.Contains(tt.breaks, "RENAME") {
			exec(t, db, "ALTER TABLE gone RENAME TO image_tags")
		}
		install(t, db)
		r.worksAgain(t, db, fmt.Sprint("again ", i))
	}
}

// TestTriggersAreRemoved leaves nothing, and is right where there is nothing.
func TestTriggersAreRemoved(t *testing.T) {
	db := newPostgreSQL(t)
	if err := feed.Check(t.Context(), db.URL); err != nil {
		t.Error(err)
	}
	install(t, db)
	for range 2 {
		if err := feed.Remove(t.Context(), db.URL); err != nil {
			t.Fatal(err)
		}
		var left int
		err := db.DB.QueryRow("SELECT (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal) + (SELECT count(*) FROM pg_namespace WHERE nspname = 'glance_registry_gateway')").Scan(&left)
		if err != nil || left != 0 {
			t.Errorf("%d left, %v", left, err)
		}
	}
	if err := feed.Check(t.Context(), db.URL); err == nil || !strings.Contains(err.Error(), "changes install") {
		t.Errorf("%v", err)
	}
}

// TestWriterWithoutRights writes as a role that may write rows and no more.
func TestWriterWithoutRights(t *testing.T) {
	db := newPostgreSQL(t)
	r, _ := follow(t, feed.Config{URL: db.URL})
	r.awaitUp()
	exec(t, db, "DROP ROLE IF EXISTS writer", "CREATE ROLE writer", "GRANT INSERT ON images TO writer",
		"CREATE SCHEMA trap", "CREATE FUNCTION trap.pg_notify(text, text) RETURNS void LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped''; END'",
		"GRANT USAGE ON SCHEMA trap TO writer",
		"BEGIN; SET LOCAL ROLE writer; SET LOCAL search_path = trap, pg_catalog, public; "+insertImage("written")+"; COMMIT")
	r.awaitIDs("written")
	exec(t, db, "REVOKE ALL ON images FROM writer", "DROP SCHEMA trap CASCADE", "DROP ROLE writer")
}

// TestReplicatedRows come in a session that runs only triggers that fire always.
func TestReplicatedRows(t *testing.T) {
	db := newPostgreSQL(t)
	r, _ := follow(t, feed.Config{URL: db.URL})
	r.awaitUp()
	exec(t, db, "BEGIN; SET LOCAL session_replication_role = replica; "+insertImage("replicated")+"; COMMIT")
	r.awaitIDs("replicated")
}

// TestPooler can't be listened through, and says so.
func TestPooler(t *testing.T) {
	db := newPostgreSQL(t)
	r, _ := follow(t, feed.Config{URL: servers.NewPgBouncer(t, db)})
	r.awaitDown("PgBouncer in transaction mode")
}
