package releases

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// The contract step of Ocata drops is_public before the triggers that name it, so
// that no row can be written for a while. Requests wait for it, and are not
// available where it takes too long.
func TestTriggersOutliveTheirColumn(t *testing.T) {
	db := servers.NewRelease(t, servers.MySQL, "ocata-expanded")
	node := registrytest.New(t, db)
	id := node.CreateImage(registrytest.Object{"status": "queued"})
	exec := func(statements ...string) {
		for _, statement := range statements {
			if _, err := db.DB.ExecContext(t.Context(), statement); err != nil {
				t.Error(err)
			}
		}
	}
	rename := func() *registrytest.Answer {
		return node.RespondTo("PUT /images/" + id).JSON(registrytest.Object{"image": registrytest.Object{"name": "renamed"}}).Answer()
	}
	exec("DROP INDEX ix_images_is_public ON images", "ALTER TABLE images DROP COLUMN is_public")
	if a := rename(); a.Status != http.StatusServiceUnavailable {
		t.Errorf("while the triggers are there: %s\n%v", a, a.Cause)
	}
	var dropping sync.WaitGroup
	defer dropping.Wait()
	dropping.Go(func() {
		time.Sleep(time.Second)
		exec("DROP TRIGGER insert_visibility", "DROP TRIGGER update_visibility")
	})
	if a := rename(); a.Status != http.StatusOK {
		t.Errorf("while the triggers are dropped: %s\n%v", a, a.Cause)
	}
}
