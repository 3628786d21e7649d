package dbbackend

import "github.com/glancegate/glancegate/dbbackend/reach"

// Servers counts the connections of the Backend by the server to which they
// lead, for a change feed that has to follow the server that is read; nil
// without Config.Followed, and for SQLite. Every connection is looked at
// once, when it is opened.
func (b *Backend) Servers() *reach.Servers { return b.servers }

// follow is called with what counts, or nil, and with what closes connections
// that are idle.
func (b *Backend) follow(servers *reach.Servers, renew func()) {
	if servers != nil {
		servers.OnRenew(renew)
		b.servers = servers
	}
}
