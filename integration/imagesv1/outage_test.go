package imagesv1

import (
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// outage makes the database useless until restore is called: a server is killed, the
// file of SQLite is locked.
func (p *place) outage(t *testing.T) (restore func()) {
	t.Helper()
	if p.db.Dialect != servers.SQLite {
		p.server.Kill(t)
		return func() { p.server.Start(t) }
	}
	conn, err := p.db.DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
			t.Error(err)
		}
		_ = conn.Close()
	}
}
