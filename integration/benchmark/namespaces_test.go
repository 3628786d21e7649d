package benchmark

import (
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// namespaces are about as many as glance-manage loads.
const namespaces = 40

// fillNamespaces makes public metadata definition namespaces.
func fillNamespaces(b *testing.B, db *servers.Database) {
	b.Helper()
	for n := range namespaces {
		insert := fmt.Sprintf("INSERT INTO metadef_namespaces (namespace, display_name, description, visibility, owner, created_at)"+
			" VALUES ('OS::Bench::N%d', 'Namespace %d', 'What a hypervisor can do', 'public', 'admin', '2020-01-01 00:00:%02d')", n, n, n)
		if _, err := db.DB.ExecContext(b.Context(), insert); err != nil {
			b.Fatal(err)
		}
	}
}
