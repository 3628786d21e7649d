package authorization

import (
	"fmt"
	"strings"
)

// The namespaces. All but the last are the owner's.
var namespaces = []struct {
	id                     int
	what                   string // in the tables
	name, visibility, owns string
	protected              bool
}{
	{2000001, "a private namespace", "private", "private", owning, false},
	{2000002, "a public namespace", "public", "public", owning, false},
	{2000003, "a protected namespace", "protected", "public", owning, true},
	{2000004, "", "other", "public", other, false},
}

const othersNamespace = 2000004

// metadefs are the statements that make the namespaces, with one definition of
// each kind in each of them. What a namespace contains has the namespace's id.
var metadefs = func() []string {
	const times = "'2026-01-01 00:00:01', '2026-01-01 00:00:01'"
	rows := func(format string) string {
		list := make([]string, len(namespaces))
		for i, n := range namespaces {
			list[i] = fmt.Sprintf("("+format+", "+times+")", n.id, n.name, n.visibility, n.owns, n.protected)
		}
		return strings.Join(list, ", ")
	}
	return []string{
		"INSERT INTO metadef_resource_types (id, name, protected, created_at, updated_at) VALUES" +
			" (1000000, 'used', false, " + times + "), (1000001, 'unused', false, " + times + ")",
		"INSERT INTO metadef_namespaces (id, namespace, visibility, owner, protected, created_at, updated_at) VALUES " +
			rows("%d, '%s', '%s', '%s', %v"),
		"INSERT INTO metadef_objects (id, namespace_id, name, json_schema, created_at, updated_at) VALUES " + rows("%[1]d, %[1]d, 'a', '{}'"),
		"INSERT INTO metadef_properties (id, namespace_id, name, json_schema, created_at, updated_at) VALUES " + rows("%[1]d, %[1]d, 'a', '{}'"),
		"INSERT INTO metadef_tags (id, namespace_id, name, created_at, updated_at) VALUES " + rows("%[1]d, %[1]d, 'a'"),
		"INSERT INTO metadef_namespace_resource_types (resource_type_id, namespace_id, created_at, updated_at) VALUES " + rows("1000000, %[1]d"),
	}
}()
