package faults

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// While the server is down every request is a 503; once it is there again, none.
func TestServerIsDown(t *testing.T) {
	onEachServer(t, func(t *testing.T, s *servers.Server) {
		node := registrytest.New(t, s.NewDatabase(t))
		id := newImage(node)
		s.Stop(t)
		for _, c := range append(reads(node, id), writes(node, id)...) {
			unavailable(t, c)
		}
		s.Start(t)
		for _, c := range append(reads(node, id), writes(node, id)...) {
			c.Expect(http.StatusOK, http.StatusNoContent)
		}
	})
}

// A gateway that has never reached its database says the same.
func TestServerIsNotThere(t *testing.T) {
	address := kit.FreeAddress(t)
	for _, databaseURL := range []string{
		"postgresql://glance:secret@" + address + "/glance",
		"mysql+pymysql://glance:secret@" + address + "/glance",
		"sqlite:///" + t.TempDir() + "/missing/glance.sqlite",
	} {
		scheme, _, _ := strings.Cut(databaseURL, ":")
		t.Run(scheme, func(t *testing.T) {
			backend, err := dbbackend.Open(dbbackend.Config{URL: databaseURL, Prepare: true})
			if err != nil {
				t.Fatal(err)
			}
			defer backend.Close()
			node := registrytest.Serve(t, backend)
			for _, c := range append(reads(node, "x"), writes(node, "x")...) {
				unavailable(t, c)
			}
		})
	}
}

// Connections that a firewall or a proxy resets between requests are replaced.
func TestConnectionsAreReset(t *testing.T) {
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			proxy, proxied := netproxy.New(t, servers.NewDatabase(t, dialect).URL)
			backend := registrytest.Open(t, &servers.Database{URL: proxied})
			node := registrytest.Serve(t, backend)
			id := newImage(node)
			for _, c := range append(reads(node, id), writes(node, id)...) {
				fillPool(t, backend)
				proxy.Break()
				c.Expect(http.StatusOK, http.StatusNoContent)
			}
		})
	}
}

// unavailable fails the test unless the answer says what is wrong and no more.
func unavailable(t *testing.T, c *registrytest.Call) {
	t.Helper()
	a := c.Expect(http.StatusServiceUnavailable)
	text := string(a.Body)
	if !strings.Contains(text, "database") || strings.Contains(text, "secret") || strings.Contains(text, "127.0.0.1") {
		t.Errorf("%s\n%s", c, a)
	}
	if a.Cause == nil {
		t.Errorf("%s: nobody is told the cause", c)
	}
}

// as is a database URL with another user.
func as(t *testing.T, databaseURL, user string) string {
	t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	u.User = url.UserPassword(user, password)
	return u.String()
}

// After a restart every connection of the pool is dead. No request may notice:
// nothing that was asked for has been done yet.
func TestRestartBetweenRequests(t *testing.T) {
	ways := map[string]func(*servers.Server, testing.TB){
		"stopped": (*servers.Server).Stop, "killed": (*servers.Server).Kill,
	}
	onEachServer(t, func(t *testing.T, s *servers.Server) {
		for name, end := range ways {
			t.Run(name, func(t *testing.T) {
				backend := registrytest.Open(t, s.NewDatabase(t))
				node := registrytest.Serve(t, backend)
				id := newImage(node)
				for _, c := range append(reads(node, id), writes(node, id)[:3]...) {
					fillPool(t, backend)
					end(s, t)
					s.Start(t)
					c.Expect(http.StatusOK, http.StatusNoContent)
				}
				node.Tour()
			})
		}
	})
}

// fillPool leaves several idle connections, all of which were used a moment ago.
func fillPool(t *testing.T, backend *dbbackend.Backend) {
	t.Helper()
	const connections = 5
	var busy, done sync.WaitGroup
	busy.Add(connections)
	for range connections {
		done.Go(func() {
			err := backend.InTx(t.Context(), func(records.Tx) error {
				busy.Done()
				busy.Wait()
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
}
