package dbbackend

import (
	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
)

// Servers counts the connections of the Backend by the server to which they
// lead, for a change feed that has to follow the server that is read; nil
// without Config.Followed, and for SQLite. Every connection is looked at
// once, when it is opened.
func (b *Backend) Servers() *dbserver.Connections { return b.servers }

// follow is called with what counts, or nil, and with what closes connections
// that are idle.
func (b *Backend) follow(servers *dbserver.Connections, renew func()) {
	if servers != nil {
		servers.OnCloseIdle(renew)
		b.servers = servers
	}
}
