// Package metadefs has the rules of metadata definitions: namespaces, the
// objects, properties and tags in them, and resource types.
package metadefs

import (
	"time"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/internal/coerce"
	"github.com/glancegate/glancegate/registry/records"
)

// Service applies the rules. Its fields must not change once it is in use.
type Service struct {
	access.Rules
	Store records.Store

	// Now is the clock, for tests; nil is time.Now.
	Now func() time.Time
}

// guardNamespace asks for the right to change a namespace and what it contains,
// where the original asked for the right to see it. Only hardened gateways do.
func (s *Service) guardNamespace(c *access.Caller, row records.Row) error {
	if !s.Harden || c.Admin {
		return nil
	}
	if s.Plain(c) {
		return errMetadefAdmin()
	}
	if row.Bool("protected") {
		return records.Errorf(records.MetadefForbidden, "Metadata definition namespace %s is protected and cannot be changed.", row.Text("namespace"))
	}
	return s.guardOwner(c, row["owner"], row.Text("namespace"))
}

// errMetadefAdmin is Glance's rule metadef_admin.
func errMetadefAdmin() error {
	return records.Errorf(records.MetadefForbidden, "Metadata definitions are changed by admins only (harden).")
}

// guardOwner lets a caller act for himself only, and plain ones not at all.
func (s *Service) guardOwner(c *access.Caller, owner any, name string) error {
	if s.Plain(c) {
		return errMetadefAdmin()
	}
	if !s.Harden || c.Admin || c.Owner.Valid && owner == c.Owner.V {
		return nil
	}
	return records.Errorf(records.MetadefForbidden, "You do not own metadata definition namespace %s.", name)
}

// guardContent keeps a caller to the namespace that he named: definitions in it
// are found by their ids alone, and could be moved to another.
func (s *Service) guardContent(c *access.Caller, k *Kind, n *namespaceRow, row records.Row, values *pyjson.Object) error {
	if !s.Harden || c.Admin {
		return nil
	}
	if row["namespace_id"] != n.row["id"] {
		return k.errNoSuchID(coerce.TextOf(row["id"]))
	}
	if to, given := values.Get("namespace_id"); given && coerce.TextOf(to) != coerce.TextOf(n.row["id"]) {
		return records.Errorf(records.MetadefForbidden, "Definitions cannot be moved out of metadata definition namespace %s.", n.name)
	}
	return nil
}

// guardResourceTypes lets admins alone change resource types, which all
// namespaces share.
func (s *Service) guardResourceTypes(c *access.Caller) error {
	if !s.Harden || c.Admin {
		return nil
	}
	return records.Errorf(records.MetadefForbidden, "Resource types of metadata definitions are changed by admins only.")
}
