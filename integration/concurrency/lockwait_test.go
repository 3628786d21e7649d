package concurrency

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

const (
	patience = 300 * time.Millisecond // of the client
	margin   = 10 * time.Second
)

// Another program keeps a property locked. An update that has changed the image
// already waits for the property, gives up when its request ends, and leaves
// nothing behind.
func TestWaitForALockEndsWithTheRequest(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		node := registrytest.New(t, db)
		id := node.CreateImage(registrytest.Object{"name": "before", "properties": registrytest.Object{"p": "before"}})
		other := begin(t, db)
		if db.Dialect != servers.SQLite {
			lockRow(t, other, "image_properties", propertyID(t, db, id))
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		start := time.Now()
		node.RespondTo("PUT /images/" + id).During(ctx).JSON(registrytest.Object{"image": registrytest.Object{
			"name": "after", "properties": registrytest.Object{"p": "after"},
		}}).Expect(http.StatusServiceUnavailable)
		if took := time.Since(start); took < patience || took > patience+margin {
			t.Errorf("a request of %v took %v", patience, took)
		}
		if err := other.Rollback(); err != nil {
			t.Fatal(err)
		}
		// This waits for what the database still does for the lost request.
		node.RespondTo("PUT /images/" + id).JSON(registrytest.Object{"image": registrytest.Object{"min_ram": 1}}).
			Expect(http.StatusOK)
		image := node.RespondTo("GET /images/" + id).ExpectImage()
		if *image.Name != "before" || *image.Properties["p"] != "before" {
			t.Errorf("half of an update that failed: %s, %s", *image.Name, *image.Properties["p"])
		}
	})
}

// A client that goes away is no failure of ours; nobody is told.
func TestClientGoesAway(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		node := registrytest.New(t, db)
		id := node.CreateImage(registrytest.Object{})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, request := range []string{"GET /images/" + id, "GET /images/detail", "DELETE /images/" + id} {
			a := node.RespondTo(request).During(ctx).Expect(http.StatusServiceUnavailable)
			if a.Cause != nil {
				t.Errorf("%s: reported as %v", request, a.Cause)
			}
		}
		node.RespondTo("GET /images/" + id).Expect(http.StatusOK)
	})
}

func propertyID(t *testing.T, db *servers.Database, image string) (id string) {
	t.Helper()
	if err := db.DB.QueryRow("SELECT id FROM image_properties WHERE image_id = '" + image + "'").Scan(&id); err != nil {
		t.Fatal(err)
	}
	return id
}
