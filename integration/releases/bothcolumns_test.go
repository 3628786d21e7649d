package releases

import (
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/access"
)

// While both columns exist, visibility counts where it has a value
// (database-schema.md, 4.2).
func TestVisibilitiesOfBothColumns(t *testing.T) {
	servers.EachRelease(t, "ocata-expanded", func(t *testing.T, db *servers.Database) {
		if db.Dialect == servers.MySQL { // rows from before the triggers
			db.Exec(t, "DROP TRIGGER insert_visibility")
		}
		addImage(t, db, "a", map[string]string{"is_public": "true", "visibility": "NULL"})
		addImage(t, db, "b", map[string]string{"is_public": "false", "visibility": "NULL"})
		addImage(t, db, "c", map[string]string{"is_public": "false", "visibility": "NULL"})
		addImage(t, db, "d", map[string]string{"is_public": "false", "visibility": "'community'"})
		addImage(t, db, "e", map[string]string{"is_public": "NULL", "visibility": "NULL"})
		addImage(t, db, "f", map[string]string{"is_public": "false", "visibility": "'private'"})
		addMember(t, db, "c", "friend", "accepted", false)
		addMember(t, db, "f", "friend", "accepted", false)
		node := rpctest.New(t, db)
		friend, own, admin := registrytest.Member("friend"), registrytest.Member("own"), registrytest.Admin()
		for _, row := range []struct {
			who    string
			caller *access.Caller
			kwargs rpctest.Object
			want   string
		}{
			{"admin", admin, nil, "a public, b private, c shared, e private, f private"},
			{"owner", own, nil, "a public, b private, c shared, d community, e private, f private"},
			{"friend", friend, nil, "a public, c shared"},
			{"friend, community", friend, filtered("community"), "d community"},
			{"friend, all", friend, filtered("all"), "a public, c shared, d community"},
			{"admin, private", admin, filtered("private"), "b private, e private, f private"},
			{"admin, not public", admin, rpctest.Object{"is_public": false, "filters": rpctest.Object{"visibility": "all"}},
				"b private, c shared, d community, e private, f private"},
		} {
			if got := shown(node, row.caller, row.kwargs); got != row.want {
				t.Errorf("%s: %s, want %s", row.who, got, row.want)
			}
		}
		want := "b private, e private, f private, a public, c shared, d community"
		if db.Dialect == servers.SQLite { // which has no ENUM
			want = "d community, b private, e private, f private, a public, c shared"
		}
		if got := shown(node, admin, rpctest.Object{"sort_key": []string{"visibility", "id"}, "sort_dir": []string{"asc", "asc"},
			"filters": rpctest.Object{"visibility": "all"}}); got != want {
			t.Errorf("sorted by visibility: %s, want %s", got, want)
		}
	})
}

// A contract step that failed has lost what was public; nobody but owners and
// administrators sees these images (database-schema.md, 4.5).
func TestFailedContract(t *testing.T) {
	servers.EachRelease(t, "ocata-expanded", func(t *testing.T, db *servers.Database) {
		if db.Dialect == servers.MySQL {
			db.Exec(t, "DROP TRIGGER insert_visibility")
			db.Exec(t, "DROP TRIGGER update_visibility")
		} else {
			db.Exec(t, "DROP INDEX ix_images_is_public")
		}
		addImage(t, db, "a", map[string]string{"visibility": "NULL"})
		db.Exec(t, "ALTER TABLE images DROP COLUMN is_public")
		backend := registrytest.Open(t, db)
		state, err := backend.State(t.Context())
		if err != nil || state.Kind != "half contracted" || state.Note == "" || backend.Writable() != nil {
			t.Errorf("%s: %s, %v, %v", state, state.Note, err, backend.Writable())
		}
		node := rpctest.New(t, db)
		if got := shown(node, registrytest.Admin(), nil) + "; " + shown(node, registrytest.Member("own"), filtered("private")) + "; " +
			shown(node, registrytest.Member("x"), nil); got != "a private; a private; " {
			t.Error(got)
		}
		node.Call("image_get", rpctest.Object{"image_id": "a"}).As(registrytest.Member("x")).Fails("Forbidden")
		testWrites(t, db, "ocata")
	})
}
