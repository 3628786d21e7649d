package registry_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/glancegate/glancegate/registry"
)

// metadefFile makes a database with public namespaces that have an object each:
// one of t-own, a protected one of t-own, and one of t-other.
func metadefFile(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "glance.sqlite")
	t.Run("prepare", func(t *testing.T) { // which closes the database at its end
		s := onFile(t, path, false)
		for _, n := range []struct {
			name, owner string
			protected   bool
		}{{"Mine", "t-own", false}, {"Protected", "t-own", true}, {"Theirs", "t-other", false}} {
			_, err := s.CreateNamespace(ctx, admin, values("namespace", n.name, "owner", n.owner, "protected", n.protected, "visibility", "public"))
			must(t, err)
			_, err = s.CreateMetadef(ctx, admin, registry.MetadefObject, n.name, values("name", "Cpu"))
			must(t, err)
		}
		_, err := s.CreateResourceType(ctx, admin, values("name", "Known"))
		must(t, err)
	})
	return path
}

// TestMetadefWrites tries every write with everybody, as the original had it and
// hardened, where a named peer sends it. Whoever is not listed is refused.
func TestMetadefWrites(t *testing.T) {
	type writers []*registry.Caller
	everybody := writers{admin, owner, other, nobody}
	object := registry.MetadefObject
	prepared := metadefFile(t)
	for _, row := range []struct {
		name     string
		original writers
		hardened writers
		write    func(*registry.Service, *registry.Caller) error
	}{
		{"create a namespace for t-own", everybody, writers{admin, owner}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.CreateNamespace(ctx, c, values("namespace", "New", "owner", "t-own"))
			return err
		}},
		{"update a namespace", everybody, writers{admin, owner}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.UpdateNamespace(ctx, c, json.Number("1"), values("description", "d"))
			return err
		}},
		{"update a protected namespace", everybody, writers{admin}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.UpdateNamespace(ctx, c, json.Number("2"), values("protected", false))
			return err
		}},
		{"delete a namespace", everybody, writers{admin, owner}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.DeleteNamespace(ctx, c, "Mine")
			return err
		}},
		{"delete a protected namespace", everybody, writers{admin}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.DeleteNamespace(ctx, c, "Protected")
			return err
		}},
		{"create an object", everybody, writers{admin, owner}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.CreateMetadef(ctx, c, object, "Mine", values("name", "New"))
			return err
		}},
		{"update an object", everybody, writers{admin, owner}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.UpdateMetadef(ctx, c, object, "Mine", json.Number("1"), values("name", "Ram"))
			return err
		}},
		{"update an object in the name of another namespace", everybody, writers{admin}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.UpdateMetadef(ctx, c, object, "Mine", json.Number("3"), values("name", "Ram"))
			return err
		}},
		{"move an object", everybody, writers{admin}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.UpdateMetadef(ctx, c, object, "Mine", json.Number("1"), values("name", "Ram", "namespace_id", json.Number("3")))
			return err
		}},
		{"delete an object", everybody, writers{admin, owner}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.DeleteMetadef(ctx, c, object, "Mine", "Cpu")
			return err
		}},
		{"delete all objects", everybody, writers{admin, owner}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.DeleteMetadefs(ctx, c, object, "Mine")
			return err
		}},
		{"replace the tags", everybody, writers{admin, owner}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.ReplaceMetadefTags(ctx, c, "Mine", []any{values("name", "a")})
			return err
		}},
		{"create a resource type", everybody, writers{admin}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.CreateResourceType(ctx, c, values("name", "New"))
			return err
		}},
		{"associate a resource type", everybody, writers{admin, owner}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.CreateAssociation(ctx, c, "Mine", values("name", "Known", "prefix", nil, "properties_target", nil))
			return err
		}},
		{"associate a resource type that there is not", everybody, writers{admin}, func(s *registry.Service, c *registry.Caller) error {
			_, err := s.CreateAssociation(ctx, c, "Mine", values("name", "New", "prefix", nil, "properties_target", nil))
			return err
		}},
	} {
		for _, harden := range []bool{false, true} {
			allowed := map[*registry.Caller]bool{}
			for _, c := range row.original {
				allowed[c] = !harden
			}
			for _, c := range row.hardened {
				allowed[c] = true
			}
			for _, c := range everybody {
				trusted := *c
				trusted.Trusted = true
				err := row.write(onCopy(t, prepared, harden), &trusted)
				if harden && !c.Admin { // plain callers change nothing
					if err := row.write(onCopy(t, prepared, harden), c); !refuses(err, registry.MetadefForbidden) {
						t.Errorf("plain, %s by %q: %v", row.name, c.Owner.V, err)
					}
				}
				if allowed[c] != (err == nil) || err != nil && !refuses(err, registry.MetadefForbidden, registry.MetadefObjectNotFound) {
					t.Errorf("harden %v, %s by %q: %v", harden, row.name, c.Owner.V, err)
				}
			}
		}
	}
}
