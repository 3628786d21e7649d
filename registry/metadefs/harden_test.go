package metadefs

import (
	"encoding/json"
	"testing"

	"github.com/glancegate/glancegate/integration/ruletest"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// metadefFile makes a database with public namespaces that have an object each:
// one of t-own, a protected one of t-own, and one of t-other.
func metadefFile(t *testing.T) (path string) {
	t.Helper()
	path = ruletest.File(t)
	t.Run("prepare", func(t *testing.T) { // which closes the database at its end
		s := service(t, path, false)
		for _, n := range []struct {
			name, owner string
			protected   bool
		}{{"Mine", "t-own", false}, {"Protected", "t-own", true}, {"Theirs", "t-other", false}} {
			_, err := s.CreateNamespace(t.Context(), ruletest.Admin, ruletest.Values("namespace", n.name, "owner", n.owner, "protected", n.protected, "visibility", "public"))
			ruletest.Must(t, err)
			_, err = s.CreateDefinition(t.Context(), ruletest.Admin, Object, n.name, ruletest.Values("name", "Cpu"))
			ruletest.Must(t, err)
		}
		_, err := s.CreateResourceType(t.Context(), ruletest.Admin, ruletest.Values("name", "Known"))
		ruletest.Must(t, err)
	})
	return path
}

func service(t *testing.T, path string, harden bool) *Service {
	t.Helper()
	return &Service{Store: ruletest.Open(t, path, nil), Rules: access.Rules{Harden: harden}, Now: ruletest.Now}
}

// TestMetadefWrites tries every write with everybody, as the original had it and
// hardened, where a named peer sends it. Callers that are not listed are refused.
func TestMetadefWrites(t *testing.T) {
	type writers []*access.Caller
	everybody := writers{ruletest.Admin, ruletest.Owner, ruletest.Other, ruletest.Anonymous}
	object := Object
	prepared := metadefFile(t)
	for _, row := range []struct {
		name     string
		original writers
		hardened writers
		write    func(*Service, *access.Caller) error
	}{
		{"create a namespace for t-own", everybody, writers{ruletest.Admin, ruletest.Owner}, func(s *Service, c *access.Caller) error {
			_, err := s.CreateNamespace(t.Context(), c, ruletest.Values("namespace", "New", "owner", "t-own"))
			return err
		}},
		{"update a namespace", everybody, writers{ruletest.Admin, ruletest.Owner}, func(s *Service, c *access.Caller) error {
			_, err := s.UpdateNamespace(t.Context(), c, json.Number("1"), ruletest.Values("description", "d"))
			return err
		}},
		{"update a protected namespace", everybody, writers{ruletest.Admin}, func(s *Service, c *access.Caller) error {
			_, err := s.UpdateNamespace(t.Context(), c, json.Number("2"), ruletest.Values("protected", false))
			return err
		}},
		{"delete a namespace", everybody, writers{ruletest.Admin, ruletest.Owner}, func(s *Service, c *access.Caller) error {
			_, err := s.DeleteNamespace(t.Context(), c, "Mine")
			return err
		}},
		{"delete a protected namespace", everybody, writers{ruletest.Admin}, func(s *Service, c *access.Caller) error {
			_, err := s.DeleteNamespace(t.Context(), c, "Protected")
			return err
		}},
		{"create an object", everybody, writers{ruletest.Admin, ruletest.Owner}, func(s *Service, c *access.Caller) error {
			_, err := s.CreateDefinition(t.Context(), c, object, "Mine", ruletest.Values("name", "New"))
			return err
		}},
		{"update an object", everybody, writers{ruletest.Admin, ruletest.Owner}, func(s *Service, c *access.Caller) error {
			_, err := s.UpdateDefinition(t.Context(), c, object, "Mine", json.Number("1"), ruletest.Values("name", "Ram"))
			return err
		}},
		{"update an object in the name of another namespace", everybody, writers{ruletest.Admin}, func(s *Service, c *access.Caller) error {
			_, err := s.UpdateDefinition(t.Context(), c, object, "Mine", json.Number("3"), ruletest.Values("name", "Ram"))
			return err
		}},
		{"move an object", everybody, writers{ruletest.Admin}, func(s *Service, c *access.Caller) error {
			_, err := s.UpdateDefinition(t.Context(), c, object, "Mine", json.Number("1"), ruletest.Values("name", "Ram", "namespace_id", json.Number("3")))
			return err
		}},
		{"delete an object", everybody, writers{ruletest.Admin, ruletest.Owner}, func(s *Service, c *access.Caller) error {
			_, err := s.DeleteDefinition(t.Context(), c, object, "Mine", "Cpu")
			return err
		}},
		{"delete all objects", everybody, writers{ruletest.Admin, ruletest.Owner}, func(s *Service, c *access.Caller) error {
			_, err := s.DeleteDefinitions(t.Context(), c, object, "Mine")
			return err
		}},
		{"replace the tags", everybody, writers{ruletest.Admin, ruletest.Owner}, func(s *Service, c *access.Caller) error {
			_, err := s.ReplaceTags(t.Context(), c, "Mine", []any{ruletest.Values("name", "a")})
			return err
		}},
		{"create a resource type", everybody, writers{ruletest.Admin}, func(s *Service, c *access.Caller) error {
			_, err := s.CreateResourceType(t.Context(), c, ruletest.Values("name", "New"))
			return err
		}},
		{"associate a resource type", everybody, writers{ruletest.Admin, ruletest.Owner}, func(s *Service, c *access.Caller) error {
			_, err := s.CreateAssociation(t.Context(), c, "Mine", ruletest.Values("name", "Known", "prefix", nil, "properties_target", nil))
			return err
		}},
		{"associate a resource type that there is not", everybody, writers{ruletest.Admin}, func(s *Service, c *access.Caller) error {
			_, err := s.CreateAssociation(t.Context(), c, "Mine", ruletest.Values("name", "New", "prefix", nil, "properties_target", nil))
			return err
		}},
	} {
		for _, harden := range []bool{false, true} {
			allowed := map[*access.Caller]bool{}
			for _, c := range row.original {
				allowed[c] = !harden
			}
			for _, c := range row.hardened {
				allowed[c] = true
			}
			for _, c := range everybody {
				trusted := *c
				trusted.Trusted = true
				err := row.write(service(t, ruletest.Copy(t, prepared), harden), &trusted)
				if harden && !c.Admin { // plain callers change nothing
					if err := row.write(service(t, ruletest.Copy(t, prepared), harden), c); !ruletest.Refuses(err, records.MetadefForbidden) {
						t.Errorf("plain, %s by %q: %v", row.name, c.Owner.V, err)
					}
				}
				if allowed[c] != (err == nil) || err != nil && !ruletest.Refuses(err, records.MetadefForbidden, records.MetadefObjectNotFound) {
					t.Errorf("harden %v, %s by %q: %v", harden, row.name, c.Owner.V, err)
				}
			}
		}
	}
}
