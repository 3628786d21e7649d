package keystonetest

import "testing"

// Catalog adds Keystone itself to its catalog, where keystonemiddleware looks for
// the address at which it validates tokens.
func (c *Cloud) Catalog(t testing.TB) {
	t.Helper()
	c.Endpoint(t, "identity", "keystone", c.URL)
}

// Endpoint adds a service of a type to the catalog.
func (c *Cloud) Endpoint(t testing.TB, kind, name, url string) {
	t.Helper()
	service := c.create(t, "service", map[string]any{"type": kind, "name": name})
	for _, side := range []string{"public", "internal", "admin"} {
		c.create(t, "endpoint", map[string]any{"service_id": service, "interface": side, "url": url})
	}
}
