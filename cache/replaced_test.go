package cache_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// A SQLite file that another one was put in the place of is not read any more,
// nor written, and the feed and the readers have the same file.
func TestAReplacedFile(t *testing.T) {
	db := servers.NewDatabase(t, servers.SQLite)
	insert(t, db, imageID, "of the new file")
	path := strings.TrimPrefix(db.URL, "sqlite:///")
	exec(t, db, "VACUUM INTO '%s'", path+".new")
	rename(t, db, imageID, "of the old file")

	n := newNode(t, db, followed)
	f, err := feed.New(feed.Config{URL: db.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f.Run(ctx, n.Cache)
	}()
	defer func() {
		stop()
		<-ended
	}()
	n.await("followed", func() bool { return n.State().Serving })
	n.write(imageID, "written to the old file")
	n.wants(imageID, "written to the old file")

	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	n.await("without the old file", func() bool { return !n.State().Serving })
	n.wants(imageID, "of the new file")
	n.await("followed", func() bool { return n.State().Serving })
	n.wants(imageID, "of the new file")
	n.write(imageID, "written to the new file")
	n.wants(imageID, "written to the new file")

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	n.await("without a file", func() bool { return !n.State().Serving })
	_, err = n.Image(t.Context(), imageID)
	if e, ok := err.(*records.Error); !ok || e.Kind != records.Unavailable {
		t.Errorf("without a file: %v", err)
	}
}
