package feed_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestSQLite(t *testing.T) {
	db := servers.NewDatabase(t, servers.SQLite)
	r, stop := follow(t, feed.Config{URL: db.URL})
	r.awaitUp()
	for _, c := range changesOf("image-1") {
		r.forget()
		exec(t, db, strings.ReplaceAll(c[0], "deleted_value", "FALSE"))
		r.await("a change", func() bool { return r.all > 0 })
	}
	// Nothing happens when nothing happens.
	r.forget()
	r.mu.Lock()
	current := r.current
	r.mu.Unlock()
	r.await("a look", func() bool { return r.current.After(current) })
	if _, all := r.reported(); all > 0 {
		t.Errorf("all %d without a change", all)
	}
	stop()
}

func TestSQLiteFileComesAndGoes(t *testing.T) {
	db := servers.NewDatabase(t, servers.SQLite)
	folder := t.TempDir()
	path := filepath.Join(folder, "glance.sqlite")
	r, _ := follow(t, feed.Config{URL: "sqlite:///" + path})
	r.awaitDown("there is no file")
	put := func() {
		t.Helper()
		content, err := os.ReadFile(strings.TrimPrefix(db.URL, "sqlite:///"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+".new", content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	put()
	r.awaitUp()
	r.breaks(t, put)
	r.awaitUp()
	r.breaks(t, func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	})
}
