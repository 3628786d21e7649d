package releases

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry"
)

// eachDatabase runs a test on every kind of database with the schema of a release.
func eachDatabase(t *testing.T, name string, test func(*testing.T, *servers.Database)) {
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) { test(t, New(t, dialect, name)) })
	}
}

// addImage makes a row with the given columns, values as SQL.
func addImage(t *testing.T, db *servers.Database, id string, columns map[string]string) {
	t.Helper()
	names, values := "", ""
	for name, value := range columns {
		names, values = names+", "+name, values+", "+value
	}
	execute(t, db, "INSERT INTO images (id, status, created_at, updated_at, deleted, min_disk, min_ram, protected, owner"+names+
		") VALUES ('"+id+"', 'active', '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000', false, 0, 0, false, 'own'"+values+")")
}

func addMember(t *testing.T, db *servers.Database, image, member, status string, deleted bool) {
	t.Helper()
	execute(t, db, fmt.Sprintf("INSERT INTO image_members (image_id, member, can_share, status, created_at, deleted) "+
		"VALUES ('%s', '%s', false, '%s', '2026-01-01 00:00:00.000000', %v)", image, member, status, deleted))
}

func execute(t *testing.T, db *servers.Database, statement string) {
	t.Helper()
	if _, err := db.DB.Exec(statement); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// columnOf is a column of an image as text.
func columnOf(t *testing.T, db *servers.Database, id, column string) string {
	t.Helper()
	var value any
	if err := db.DB.QueryRow("SELECT " + column + " FROM images WHERE id = '" + id + "'").Scan(&value); err != nil {
		t.Fatal(err)
	}
	switch v := value.(type) {
	case []byte:
		return string(v)
	case int64:
		return fmt.Sprint(v == 1) // a boolean
	}
	return fmt.Sprint(value)
}

// shown are the images of a list, in its order, with their visibilities.
func shown(node *rpctest.Registry, caller *registry.Caller, kwargs rpctest.Object) string {
	var images []struct {
		ID         string
		Visibility *string
	}
	node.Call("image_get_all", kwargs).As(caller).Into(&images)
	var list []string
	for _, i := range images {
		text := i.ID + " null"
		if i.Visibility != nil {
			text = i.ID + " " + *i.Visibility
		}
		list = append(list, text)
	}
	if kwargs["sort_key"] == nil {
		slices.Sort(list)
	}
	return strings.Join(list, ", ")
}

func filtered(visibility string) rpctest.Object {
	return rpctest.Object{"filters": rpctest.Object{"visibility": visibility, "deleted": false}}
}

// Mitaka and Newton know whether an image is public, and nothing more
// (registry-v2-rpc.md, 6.2).
func TestVisibilitiesOfMitaka(t *testing.T) {
	eachDatabase(t, "mitaka", func(t *testing.T, db *servers.Database) {
		addImage(t, db, "a-public", map[string]string{"is_public": "true"})
		addImage(t, db, "b-alone", map[string]string{"is_public": "false"})
		addImage(t, db, "c-member", map[string]string{"is_public": "false"})
		addImage(t, db, "d-left", map[string]string{"is_public": "false"})
		addMember(t, db, "c-member", "friend", "accepted", false)
		addMember(t, db, "c-member", "other", "pending", false)
		addMember(t, db, "d-left", "friend", "accepted", true)
		node := rpctest.New(t, db)
		own, friend, other, admin := registrytest.Member("own"), registrytest.Member("friend"), registrytest.Member("other"), registrytest.Admin()
		const public, alone, member, left = "a-public public", "b-alone private", "c-member shared", "d-left private"
		for _, row := range []struct {
			who    string
			caller *registry.Caller
			kwargs rpctest.Object
			want   []string
		}{
			{"admin", admin, nil, []string{public, alone, member, left}},
			{"admin, public", admin, filtered("public"), []string{public}},
			{"admin, private", admin, filtered("private"), []string{alone, member, left}},
			{"admin, shared", admin, filtered("shared"), []string{member, left}},
			{"admin, community", admin, filtered("community"), []string{public, alone, member, left}},
			{"admin, not public", admin, rpctest.Object{"is_public": false}, []string{alone, member, left}},
			{"owner", own, nil, []string{public, alone, member, left}},
			{"owner, private", own, filtered("private"), []string{alone, member, left}},
			{"owner, shared", own, filtered("shared"), nil},
			{"friend", friend, nil, []string{public, member}},
			{"friend, shared", friend, filtered("shared"), []string{member}},
			{"friend, private", friend, filtered("private"), []string{member}},
			{"other", other, nil, []string{public}},
			{"other, all", other, rpctest.Object{"member_status": "all"}, []string{public, member}},
			{"nobody", registrytest.Member("x"), nil, []string{public}},
		} {
			if got, want := shown(node, row.caller, row.kwargs), strings.Join(row.want, ", "); got != want {
				t.Errorf("%s: %s, want %s", row.who, got, want)
			}
		}
		if got := shown(node, admin, rpctest.Object{"sort_key": []string{"visibility", "id"}, "sort_dir": []string{"asc", "asc"}}); got !=
			strings.Join([]string{alone, left, public, member}, ", ") {
			t.Errorf("sorted by visibility: %s", got)
		}
		node.Call("image_get", rpctest.Object{"image_id": "c-member"}).As(other).OK()
		node.Call("image_get", rpctest.Object{"image_id": "d-left"}).As(friend).Fails("Forbidden")
	})
}

// Every visibility can be written to every release, and is read back as what the
// release makes of it.
func TestVisibilitiesAreWritten(t *testing.T) {
	for _, name := range []string{"mitaka", "ocata-expanded", "ocata", Newest} {
		t.Run(name, func(t *testing.T) {
			eachDatabase(t, name, func(t *testing.T, db *servers.Database) { testWrites(t, db, name) })
		})
	}
}

func testWrites(t *testing.T, db *servers.Database, name string) {
	node := rpctest.New(t, db)
	check := func(id, visibility string) {
		t.Helper()
		var got struct{ Visibility string }
		node.Call("image_get", rpctest.Object{"image_id": id}).Into(&got)
		public, read := fmt.Sprint(visibility == "public"), visibility
		if name == "mitaka" && visibility != "public" {
			read = "private"
		}
		if got.Visibility != read {
			t.Errorf("%s reads as %s", visibility, got.Visibility)
		}
		if name == "mitaka" || name == "ocata-expanded" {
			if column := columnOf(t, db, id, "is_public"); column != public {
				t.Errorf("%s: is_public is %s", visibility, column)
			}
		}
		if name != "mitaka" {
			if column := columnOf(t, db, id, "visibility"); column != visibility {
				t.Errorf("%s: visibility is %s", visibility, column)
			}
		}
	}
	all := []string{"private", "public", "shared", "community"}
	for _, from := range all {
		id := "new-" + from
		node.Call("image_create", rpctest.Object{"values": rpctest.Object{"id": id, "status": "active", "visibility": from}}).OK()
		check(id, from)
		for _, to := range all {
			node.Call("image_update", rpctest.Object{"image_id": id, "values": rpctest.Object{"visibility": to, "name": "to " + to}}).OK()
			check(id, to)
			node.Call("image_update", rpctest.Object{"image_id": id, "values": rpctest.Object{"name": "still " + to}}).OK()
			check(id, to)
		}
	}
	node.Call("image_create", rpctest.Object{"values": rpctest.Object{"id": "default", "status": "active"}}).OK()
	check("default", "shared")
	node.Call("image_create", rpctest.Object{"values": rpctest.Object{"id": "old", "status": "active", "is_public": true}}).OK()
	check("old", "public")
}

// While both columns exist, visibility counts where it has a value
// (database-schema.md, 4.2).
func TestVisibilitiesOfBothColumns(t *testing.T) {
	eachDatabase(t, "ocata-expanded", func(t *testing.T, db *servers.Database) {
		if db.Dialect == servers.MySQL { // rows from before the triggers
			execute(t, db, "DROP TRIGGER insert_visibility")
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
			caller *registry.Caller
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
	eachDatabase(t, "ocata-expanded", func(t *testing.T, db *servers.Database) {
		if db.Dialect == servers.MySQL {
			execute(t, db, "DROP TRIGGER insert_visibility")
			execute(t, db, "DROP TRIGGER update_visibility")
		} else {
			execute(t, db, "DROP INDEX ix_images_is_public")
		}
		addImage(t, db, "a", map[string]string{"visibility": "NULL"})
		execute(t, db, "ALTER TABLE images DROP COLUMN is_public")
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

// What a release lacks reads as its default, and can be asked for.
func TestLackingColumns(t *testing.T) {
	eachDatabase(t, "queens", func(t *testing.T, db *servers.Database) {
		node := rpctest.New(t, db)
		node.Call("image_create", rpctest.Object{"values": rpctest.Object{
			"id": "a", "status": "active", "os_hidden": true, "os_hash_algo": "sha512", "os_hash_value": "1234",
		}}).OK()
		node.Call("image_create", rpctest.Object{"values": rpctest.Object{"id": "b", "status": "active", "os_hidden": nil}}).OK()
		node.Call("image_update", rpctest.Object{"image_id": "b", "values": rpctest.Object{"os_hash_algo": "md5", "os_hidden": true}}).OK()
		var image struct {
			Hidden *bool   `json:"os_hidden"`
			Algo   *string `json:"os_hash_algo"`
		}
		node.Call("image_get", rpctest.Object{"image_id": "a"}).Into(&image)
		if image.Hidden == nil || *image.Hidden || image.Algo != nil {
			t.Errorf("%+v", image)
		}
		for filter, want := range map[string]string{
			`{"os_hidden": false}`: "a shared, b shared", `{"os_hidden": true}`: "", `{"os_hash_value": null}`: "a shared, b shared",
			`{"os_hash_value": "1234"}`: "", `{"os_hash_algo": "sha512"}`: "",
		} {
			var filters rpctest.Object
			if err := json.Unmarshal([]byte(filter), &filters); err != nil {
				t.Fatal(err)
			}
			if got := shown(node, registrytest.Admin(), rpctest.Object{"filters": filters}); got != want {
				t.Errorf("%s: %q, want %q", filter, got, want)
			}
		}
		sorted := rpctest.Object{"sort_key": []string{"os_hash_algo", "os_hash_value", "id"}, "sort_dir": []string{"asc", "desc", "desc"}, "limit": 1}
		first := shown(node, registrytest.Admin(), sorted)
		sorted["marker"] = "b"
		if second := shown(node, registrytest.Admin(), sorted); first != "b shared" || second != "a shared" {
			t.Errorf("pages: %q, %q", first, second)
		}
	})
}

// kindOf is the kind of an error of the rules.
func kindOf(err error) (kind registry.ErrorKind, text string) {
	var e *registry.Error
	if errors.As(err, &e) {
		return e.Kind, e.Message
	}
	return -1, fmt.Sprint(err)
}
