package keystonetest

import "testing"

// Catalog adds Keystone itself to its catalog, where keystonemiddleware looks for
// the address at which it validates tokens.
func (c *Cloud) Catalog(t testing.TB) {
	t.Helper()
	service := c.create(t, "service", map[string]any{"type": "identity", "name": "keystone"})
	for _, side := range []string{"public", "internal", "admin"} {
		c.create(t, "endpoint", map[string]any{"service_id": service, "interface": side, "url": c.URL})
	}
}
