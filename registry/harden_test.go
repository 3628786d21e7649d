package registry_test

import (
	"testing"

	"github.com/glancegate/glancegate/integration/ruletest"
	"github.com/glancegate/glancegate/registry/access"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/records"
)

func hardenedImage(t *testing.T) *registry.Service {
	t.Helper()
	s := &registry.Service{Store: ruletest.Open(t, ruletest.File(t), nil), Rules: access.Rules{Harden: true}}
	_, err := s.CreateImage(t.Context(), ruletest.Admin, ruletest.Values(
		"id", "i", "status", "active", "owner", "t-own", "visibility", "shared", "properties", ruletest.Values("os_glance_import_task", "7", "own", "1")))
	ruletest.Must(t, err)
	return s
}

// A member that was removed and is added again has to answer anew, unless
// glance-api says otherwise.
func TestHardenedRevivalOfAMembership(t *testing.T) {
	for trusted, want := range map[bool]string{false: "pending", true: "accepted"} {
		s := hardenedImage(t)
		_, err := s.CreateMember(t.Context(), ruletest.Admin, ruletest.Values("image_id", "i", "member", "t-m", "status", "accepted"))
		ruletest.Must(t, err)
		ruletest.Must(t, s.DeleteMember(t.Context(), ruletest.Admin, "i", "t-m"))
		caller := *ruletest.Owner
		caller.Trusted = trusted
		ruletest.Must(t, s.SetMember(t.Context(), &caller, "i", func() (registry.MemberChange, error) {
			return registry.MemberChange{Member: "t-m", CanShare: records.NullOf(true)}, nil
		}))
		members, err := s.Members(t.Context(), ruletest.Admin, "i")
		ruletest.Must(t, err)
		if len(members) != 1 || members[0].Status != want {
			t.Errorf("trusted %v: %+v", trusted, members)
		}
	}
}

// A purge of all properties leaves those in which the image API keeps its state.
func TestHardenedPurge(t *testing.T) {
	s := hardenedImage(t)
	i, err := s.UpdateImage(t.Context(), ruletest.Owner, "i", pyjson.NewObject(), registry.UpdateOptions{PurgeProps: true})
	ruletest.Must(t, err)
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
		_, err := s.UpdateImage(t.Context(), ruletest.Owner, "i", ruletest.Values("properties", ruletest.Values(name, "x")), registry.UpdateOptions{})
		_, created := s.CreateProperty(t.Context(), ruletest.Owner, ruletest.Values("image_id", "i", "name", name, "value", "x"))
		if !ruletest.Refuses(err, records.PolicyRefused) || !ruletest.Refuses(created, records.PolicyRefused) {
			t.Errorf("%q: %v, %v", name, err, created)
		}
	}
	_, err := s.UpdateImage(t.Context(), ruletest.Owner, "i", ruletest.Values("properties", ruletest.Values("os_glance_import_task", "7", "os_distro", "x")), registry.UpdateOptions{})
	ruletest.Must(t, err)
}

// Callers who are readers and nothing else change nothing.
func TestHardenedReaders(t *testing.T) {
	s := hardenedImage(t)
	for _, row := range []struct {
		roles  []string
		writes bool
	}{{[]string{"reader"}, false}, {[]string{"reader", "member"}, true}, {[]string{"_member_"}, true}, {nil, true}} {
		c := *ruletest.Owner
		c.Roles = row.roles
		_, err := s.UpdateImage(t.Context(), &c, "i", ruletest.Values("name", "n"), registry.UpdateOptions{})
		if row.writes != (err == nil) || err != nil && !ruletest.Refuses(err, records.ReadOnly) {
			t.Errorf("%q: %v", row.roles, err)
		}
		_, err = s.Image(t.Context(), &c, "i", false)
		ruletest.Must(t, err)
	}
}
