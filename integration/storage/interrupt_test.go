package storage

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// The server is asked over another connection to end the statement of a request that has
// ended. However late it hears of that, it ends no statement of another request.
func TestLateInterruptsConcernNobodyElse(t *testing.T) {
	for _, server := range []struct {
		kind                  servers.Kind
		lock, unlock, waiting string
		interrupts            func(sent []byte) bool
	}{
		{
			servers.MySQL, "LOCK TABLES images WRITE", "UNLOCK TABLES",
			"SELECT COUNT(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%'",
			func(sent []byte) bool { return bytes.Contains(sent, []byte("KILL QUERY")) },
		},
		{
			servers.PostgreSQL, "BEGIN; LOCK TABLE images IN ACCESS EXCLUSIVE MODE", "COMMIT",
			"SELECT COUNT(*) FROM pg_locks WHERE NOT granted",
			func(sent []byte) bool { return len(sent) > 8 && binary.BigEndian.Uint32(sent[4:]) == cancelRequest },
		},
	} {
		// The first is taken by the connection before it is used again, the other comes
		// after the gateway has given it up.
		for _, late := range []time.Duration{400 * time.Millisecond, 2 * time.Second} {
			t.Run(string(server.kind)+"/"+late.String(), func(t *testing.T) {
				db := servers.NewDatabase(t, server.kind)
				proxy, url := netproxy.New(t, db.URL)
				sent := make(chan struct{}, 2)
				var interrupts atomic.Int32
				proxy.Before(func(message []byte) []byte {
					// A driver that closes a connection asks once more.
					if server.interrupts(message) && interrupts.Add(1) == 1 {
						sent <- struct{}{}
						time.Sleep(late)
						sent <- struct{}{}
					}
					return nil
				})
				backend := registrytest.Open(t, db, func(c *dbbackend.Config) {
					c.URL, c.MaxConnections, c.SchemaPoll = url, 1, -1
				})
				id := registrytest.Serve(t, backend).CreateImage(registrytest.Object{})
				locker, err := db.DB.Conn(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				defer locker.Close()
				locked := func() { run(t, locker, server.lock) }
				unlocked := func() { run(t, locker, server.unlock) }
				read := func(ctx context.Context) chan error {
					result := make(chan error, 1)
					go func() {
						_, err := backend.Image(ctx, id)
						result <- err
					}()
					kit.Wait(t, "a read waits for the lock", func() bool { return servers.Value[int](t, db, server.waiting) > 0 })
					return result
				}

				locked()
				ctx, leave := context.WithCancel(t.Context())
				first := read(ctx)
				leave()
				<-sent
				unlocked() // the statement ends by itself
				if err := <-first; err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}

				locked()
				second := read(t.Context())
				<-sent
				time.Sleep(300 * time.Millisecond) // the server acts on it
				unlocked()
				if err := <-second; err != nil {
					t.Errorf("the request of somebody else: %v", err)
				}
			})
		}
	}
}

// cancelRequest is the code of the message that asks PostgreSQL to end a statement.
const cancelRequest = 80877102

func run(t *testing.T, c *sql.Conn, statement string) {
	t.Helper()
	if _, err := c.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}
