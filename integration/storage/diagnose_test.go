package storage

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
)

func openBackend(t *testing.T, url string) *dbbackend.Backend {
	t.Helper()
	backend, err := dbbackend.Open(dbbackend.Config{URL: url, Prepare: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(backend.Close)
	return backend
}

// An owner lacks no right, on the oldest and on the newest schema.
func TestDeniedNothing(t *testing.T) {
	for _, name := range []string{schema.Names[0], schema.Names[len(schema.Names)-1]} {
		for _, dialect := range servers.Dialects {
			t.Run(name+"/"+string(dialect), func(t *testing.T) {
				db := servers.NewRelease(t, dialect, name)
				denied, err := openBackend(t, db.URL).Denied(t.Context(), dbbackend.AllTables, true)
				if err != nil || len(denied) > 0 {
					t.Errorf("denied %v, %v", denied, err)
				}
			})
		}
	}
}

// A user with some rights lacks the others.
func TestDenied(t *testing.T) {
	for _, c := range []struct {
		name    string
		dialect servers.Kind
		grants  []string
		write   bool
		want    []string
	}{
		{"as in the docs", servers.MySQL, grantsOf(servers.MySQL, "SELECT, INSERT, UPDATE"), true, nil},
		{"as in the docs", servers.PostgreSQL, grantsOf(servers.PostgreSQL, "SELECT, INSERT, UPDATE"), true, nil},
		{"reading", servers.MySQL, []string{"GRANT SELECT ON images TO USER", "GRANT SELECT ON image_tags TO USER"}, false,
			[]string{"SELECT image_properties", "SELECT image_locations", "SELECT image_members"}},
		{"reading", servers.PostgreSQL, []string{"GRANT SELECT ON images, image_tags TO USER"}, false,
			[]string{"SELECT image_properties", "SELECT image_locations", "SELECT image_members"}},
		{"no writing", servers.MySQL, []string{"GRANT SELECT ON * TO USER", "GRANT INSERT ON images TO USER"}, true,
			[]string{"UPDATE images", "INSERT image_tags"}},
		{"no writing", servers.PostgreSQL, []string{
			"GRANT SELECT ON ALL TABLES IN SCHEMA public TO USER", "GRANT INSERT ON images TO USER"}, true,
			[]string{"UPDATE images", "INSERT image_tags"}},
		{"no sequence", servers.PostgreSQL, []string{"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO USER"}, true,
			[]string{"USAGE of the sequence of image_properties", "USAGE of the sequence of image_tags"}},
	} {
		t.Run(c.name+"/"+string(c.dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, c.dialect)
			backend := openBackend(t, userOf(t, db, c.grants))
			denied, err := backend.Denied(t.Context(), dbbackend.ImageTables, c.write)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range denied {
				got = append(got, d.Right+" "+d.Table)
				if d.Err == nil {
					t.Errorf("%s %s: no reason", d.Right, d.Table)
				}
			}
			for _, want := range c.want {
				if !slices.Contains(got, want) {
					t.Errorf("got %q, want %q among them", got, want)
				}
			}
			if len(c.want) == 0 && len(got) > 0 {
				t.Errorf("denied %v", denied)
			}
			if slices.Contains(got, "INSERT images") {
				t.Errorf("what is granted is denied: %v", denied)
			}
		})
	}
}

func grantsOf(dialect servers.Kind, rights string) []string {
	if dialect == servers.MySQL {
		return []string{"GRANT " + rights + " ON * TO USER"}
	}
	return []string{
		"GRANT " + rights + " ON ALL TABLES IN SCHEMA public TO USER",
		"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO USER",
	}
}

// userOf makes a user with some rights in a database, and returns the URL for it.
func userOf(t *testing.T, db *servers.Database, grants []string) string {
	t.Helper()
	name := "u" + strings.ToLower(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, t.Name()))
	user, create := name, "CREATE ROLE "+name+" LOGIN PASSWORD 'secret'"
	drop := []string{"DROP OWNED BY " + name, "DROP ROLE " + name}
	if db.Dialect == servers.MySQL {
		user = name + "@'%'"
		create, drop = "CREATE USER "+user+" IDENTIFIED BY 'secret'", []string{"DROP USER " + user}
	}
	db.Exec(t, create)
	t.Cleanup(func() {
		for _, statement := range drop {
			db.Exec(t, statement)
		}
	})
	for _, grant := range grants {
		db.Exec(t, strings.Replace(grant, "USER", user, 1))
	}
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(name, "secret")
	return u.String()
}

func TestMissingIndexes(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		backend := openBackend(t, db.URL)
		if missing, err := backend.MissingIndexes(t.Context()); err != nil || len(missing) > 0 {
			t.Fatalf("missing %v, %v", missing, err)
		}
		on := ""
		if db.Dialect == servers.MySQL {
			on = " ON images"
		}
		db.Exec(t, "DROP INDEX created_at_image_idx"+on)
		missing, err := backend.MissingIndexes(t.Context())
		if err != nil || len(missing) != 1 || missing[0].Column != "created_at" {
			t.Fatalf("missing %v, %v", missing, err)
		}
		db.Exec(t, missing[0].Create())
		if missing, err := backend.MissingIndexes(t.Context()); err != nil || len(missing) > 0 {
			t.Errorf("after the statement: missing %v, %v", missing, err)
		}
	})
}

func TestMissingIndexesOfReleases(t *testing.T) {
	for _, name := range schema.Names {
		db := servers.NewRelease(t, servers.SQLite, name)
		if missing, err := openBackend(t, db.URL).MissingIndexes(t.Context()); err != nil || len(missing) > 0 {
			t.Errorf("%s: missing %v, %v", name, missing, err)
		}
	}
}

// The servers run on this host, so their clock is ours; the session's time zone
// does not matter.
func TestAhead(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		start := time.Now()
		ahead, err := openBackend(t, db.URL).Ahead(t.Context())
		if err != nil || ahead.Abs() > time.Since(start)+time.Second {
			t.Errorf("%s, %v", ahead, err)
		}
	})
}

// What can't be asked is an error, and not a right that is there.
func TestDiagnoseUnreachable(t *testing.T) {
	backend := openBackend(t, "postgresql://u:p@127.0.0.1:1/glance")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := backend.Denied(ctx, dbbackend.AllTables, true); err == nil {
		t.Error("rights without a server")
	}
	if _, err := backend.MissingIndexes(ctx); err == nil {
		t.Error("indexes without a server")
	}
	if _, err := backend.Ahead(ctx); err == nil {
		t.Error("a clock without a server")
	}
}
