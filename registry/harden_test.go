package registry_test

import (
	"testing"

	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/pyjson"
)

func hardenedImage(t *testing.T) *registry.Service {
	t.Helper()
	s := onSQLite(t, true)
	_, err := s.CreateImage(ctx, admin, values(
		"id", "i", "status", "active", "owner", "t-own", "visibility", "shared", "properties", values("os_glance_import_task", "7", "own", "1")))
	must(t, err)
	return s
}

// A member that was removed and is added again has to answer anew, unless
// glance-api says otherwise.
func TestHardenedRevivalOfAMembership(t *testing.T) {
	for trusted, want := range map[bool]string{false: "pending", true: "accepted"} {
		s := hardenedImage(t)
		_, err := s.CreateMember(ctx, admin, values("image_id", "i", "member", "t-m", "status", "accepted"))
		must(t, err)
		must(t, s.DeleteMember(ctx, admin, "i", "t-m"))
		caller := *owner
		caller.Trusted = trusted
		must(t, s.SetMember(ctx, &caller, "i", func() (registry.MemberChange, error) {
			return registry.MemberChange{Member: "t-m", CanShare: registry.NullOf(true)}, nil
		}))
		members, err := s.Members(ctx, admin, "i")
		must(t, err)
		if len(members) != 1 || members[0].Status != want {
			t.Errorf("trusted %v: %+v", trusted, members)
		}
	}
}

// A purge of all properties leaves those in which the image API keeps its state.
func TestHardenedPurge(t *testing.T) {
	s := hardenedImage(t)
	i, err := s.UpdateImage(ctx, owner, "i", pyjson.NewObject(), registry.UpdateOptions{PurgeProps: true})
	must(t, err)
	for _, p := range i.Properties {
		if p.Deleted != (p.Name == "own") {
			t.Errorf("%+v", p)
		}
	}
}

// Reserved names count in any case and with blanks behind them, as MySQL compares.
func TestReservedProperties(t *testing.T) {
	s := hardenedImage(t)
	for _, name := range []string{"direct_url", "Direct_URL", "owner", "locations ", "os_glance_x", "OS_GLANCE_X", "os_glance_import_task"} {
		_, err := s.UpdateImage(ctx, owner, "i", values("properties", values(name, "x")), registry.UpdateOptions{})
		_, created := s.CreateProperty(ctx, owner, values("image_id", "i", "name", name, "value", "x"))
		if !refuses(err, registry.PolicyRefused) || !refuses(created, registry.PolicyRefused) {
			t.Errorf("%q: %v, %v", name, err, created)
		}
	}
	_, err := s.UpdateImage(ctx, owner, "i", values("properties", values("os_glance_import_task", "7", "os_distro", "x")), registry.UpdateOptions{})
	must(t, err)
}

// Callers who are readers and nothing else change nothing.
func TestHardenedReaders(t *testing.T) {
	s := hardenedImage(t)
	for _, row := range []struct {
		roles  []string
		writes bool
	}{{[]string{"reader"}, false}, {[]string{"reader", "member"}, true}, {[]string{"_member_"}, true}, {nil, true}} {
		c := *owner
		c.Roles = row.roles
		_, err := s.UpdateImage(ctx, &c, "i", values("name", "n"), registry.UpdateOptions{})
		if row.writes != (err == nil) || err != nil && !refuses(err, registry.ReadOnly) {
			t.Errorf("%q: %v", row.roles, err)
		}
		_, err = s.Image(ctx, &c, "i", false)
		must(t, err)
	}
}
