package faults

import (
	"context"
	"net/http"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// waiting counts the sessions that wait for a lock.
var waiting = map[servers.Kind]string{
	// Nothing else waits in that server. Its table innodb_trx is a copy that is not
	// renewed while it is read again and again.
	servers.MySQL: "SELECT variable_value FROM " + globalStatus() + " WHERE variable_name = 'innodb_row_lock_current_waits'",
	servers.PostgreSQL: "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'" +
		" AND datname = current_database()",
}

// globalStatus is where SHOW GLOBAL STATUS looks.
func globalStatus() string {
	if servers.IsMySQL() {
		return "performance_schema.global_status"
	}
	return "information_schema.global_status"
}

// The connection is reset while an update waits in the middle of its transaction.
// The client gets an error, and the database has nothing of the update.
func TestConnectionBreaksDuringAWrite(t *testing.T) {
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			proxy, proxied := netproxy.New(t, db.URL)
			node := registrytest.New(t, &servers.Database{URL: proxied})
			id := newImage(node)
			other, err := db.DB.BeginTx(context.Background(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = other.Rollback() }()
			if _, err := other.Exec("SELECT id FROM image_properties WHERE image_id = '" + id + "' FOR UPDATE"); err != nil {
				t.Fatal(err)
			}
			answer := make(chan *registrytest.Answer)
			go func() { answer <- writes(node, id)[1].Answer() }()
			kit.Wait(t, "waiting for the lock", func() bool { return servers.Value[int](t, db, waiting[db.Dialect]) > 0 })
			proxy.Break()
			if a := <-answer; a.Status != http.StatusServiceUnavailable {
				t.Errorf("%s", a)
			}
			if err := other.Rollback(); err != nil {
				t.Fatal(err)
			}
			node.RespondTo("PUT /images/" + id).JSON(registrytest.Object{"image": registrytest.Object{}}).ExpectImage()
			image := node.RespondTo("GET /images/" + id).ExpectImage()
			if *image.Name != "before" || *image.Properties["p"] != "before" || len(image.Properties) != 1 ||
				*image.Location != "file:///before" {
				t.Errorf("half of an update: %+v", image)
			}
		})
	}
}
