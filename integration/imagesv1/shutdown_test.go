package imagesv1

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/kit"
)

// shutdown is about gateways that end, or load another configuration, in the middle
// of what they do.
func (p *place) shutdown(t *testing.T) {
	own, g := p.process(t)
	t.Run("reload in an upload", func(t *testing.T) { own.reloadInUpload(t, g) })
	t.Run("stop in an upload", func(t *testing.T) { own.stopInUpload(t, g) })
	if os.Getenv("FULL") == "" {
		return // what follows waits for databases
	}
	t.Run("reload while the database is down", func(t *testing.T) { own.reloadWithoutDatabase(t, g) })
	t.Run("stop while the database is down", func(t *testing.T) { own.stopWithoutDatabase(t, g) })
}

// process is the place with a gateway that is a process of its own.
func (p *place) process(t *testing.T) (*place, *gateways.Gateway) {
	t.Helper()
	g := gateways.Start(t, siteOptions+"\ngrace_period 1s", p.siteText())
	own := *p
	own.url = g.URLs[0]
	return &own, g
}

// reloadInUpload: the upload goes on, in the old configuration.
func (p *place) reloadInUpload(t *testing.T, g *gateways.Gateway) {
	path := p.queued(t)
	data, done := p.upload(t, path)
	if err := g.Reload(); err != nil {
		t.Fatal(err)
	}
	data.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	p.status(t, path, "active")
}

// failedWithoutDatabase is an image whose upload has failed while nothing could be
// written into its row.
func (p *place) failedWithoutDatabase(t *testing.T) (path string, restore func()) {
	t.Helper()
	path = p.queued(t)
	data, done := p.upload(t, path)
	restore = p.outage(t)
	data.CloseWithError(errors.New("gone"))
	<-done
	return path, restore
}

// reloadWithoutDatabase: the attempts to kill the image go on.
func (p *place) reloadWithoutDatabase(t *testing.T, g *gateways.Gateway) {
	path, restore := p.failedWithoutDatabase(t)
	kit.Wait(t, "the first attempt to kill the image has failed", func() bool {
		return strings.Contains(g.Output(), "image "+strings.TrimPrefix(path, "/v1/images/")+" stays as it is for now")
	})
	if err := g.Reload(); err != nil {
		t.Error(err)
	}
	restore()
	p.status(t, path, "killed")
}

// stopWithoutDatabase: pauses between attempts end. The row stays as it is, and can
// be deleted.
func (p *place) stopWithoutDatabase(t *testing.T, g *gateways.Gateway) {
	path, restore := p.failedWithoutDatabase(t)
	if took, err := g.Terminate(t, 20*time.Second); err != nil {
		t.Error(err)
	} else {
		t.Logf("the gateway ended after %v", took)
	}
	restore()
	g.Again(t)
	p.call(t, "DELETE", path).expect(t, 200)
	p.call(t, "HEAD", path).expect(t, 404)
}

// stopInUpload: when the grace period is over, the upload is cut. Its image is killed
// before the process ends, and the store has nothing of it.
func (p *place) stopInUpload(t *testing.T, g *gateways.Gateway) {
	before := len(p.stored(t))
	path := p.queued(t)
	data, done := p.upload(t, path)
	ended := make(chan struct{})
	go func() { // a client that goes on sending
		defer close(ended)
		for {
			if _, err := io.CopyN(data, &pattern{left: 1 << 10}, 1<<10); err != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	took, err := g.Terminate(t, 20*time.Second)
	if err != nil {
		t.Error(err)
	}
	t.Logf("the gateway ended after %v", took)
	if err := <-done; err == nil {
		t.Error("the client was answered with success")
	}
	data.CloseWithError(io.ErrClosedPipe)
	<-ended
	var status string
	statement := fmt.Sprintf("SELECT status FROM images WHERE id = '%s'", path[len("/v1/images/"):])
	if err := p.db.DB.QueryRowContext(t.Context(), statement).Scan(&status); err != nil || status != "killed" {
		t.Errorf("the image is %q when the process has ended, want killed: %v", status, err)
	}
	kit.Wait(t, "the store is as before", func() bool { return len(p.stored(t)) == before })
	g.Again(t)
	if a := p.call(t, http.MethodDelete, path); a.StatusCode != http.StatusOK {
		t.Errorf("DELETE: %s", a.Status)
	}
}
