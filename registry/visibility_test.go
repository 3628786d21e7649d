package registry

import (
	"testing"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// TestVisible is the table of registry-v1.md, 6.1, row by row.
func TestVisible(t *testing.T) {
	member := func(status string, deleted bool) []records.Member {
		return []records.Member{{Member: "t-mem", Status: status, Stamps: records.Stamps{Deleted: deleted}}}
	}
	owned := records.NullOf("t-own")
	project := func(id string) *access.Caller { return &access.Caller{Owner: records.NullOf(id)} }
	visibilities := []string{records.Public, records.Community, records.Shared, records.Private, ""}
	for _, row := range []struct {
		name    string
		caller  *access.Caller
		owner   records.Null[string]
		members []records.Member
		want    [5]bool // in the order of visibilities
	}{
		{"admin", &access.Caller{Admin: true}, owned, nil, [5]bool{true, true, true, true, true}},
		{"owner", project("t-own"), owned, nil, [5]bool{true, true, true, true, true}},
		{"owner in other case", project("T-OWN"), owned, nil, [5]bool{true, true, false, false, false}},
		{"pending member", project("t-mem"), owned, member("pending", false), [5]bool{true, true, true, false, false}},
		{"rejected member", project("t-mem"), owned, member("rejected", false), [5]bool{true, true, true, false, false}},
		{"former member", project("t-mem"), owned, member("accepted", true), [5]bool{true, true, false, false, false}},
		{"stranger", project("t-other"), owned, member("accepted", false), [5]bool{true, true, false, false, false}},
		{"empty owner", project(""), owned, nil, [5]bool{true, true, false, false, false}},
		{"no owner", &access.Caller{}, owned, member("accepted", false), [5]bool{true, true, false, false, false}},
		{"ownerless image", project("t-other"), records.Null[string]{}, nil, [5]bool{true, true, true, true, true}},
		{"ownerless image, no owner", &access.Caller{}, records.Null[string]{}, nil, [5]bool{true, true, true, true, true}},
	} {
		for n, visibility := range visibilities {
			i := &records.Image{Visibility: visibility, Owner: row.owner, Members: row.members}
			if got := Visible(row.caller, i, ""); got != row.want[n] {
				t.Errorf("%s, %q: %v", row.name, visibility, got)
			}
		}
	}
}

func TestVisibleByMemberStatus(t *testing.T) {
	i := &records.Image{Visibility: records.Shared, Owner: records.NullOf("t-own"), Members: []records.Member{{Member: "t-mem", Status: "pending"}}}
	c := &access.Caller{Owner: records.NullOf("t-mem")}
	if Visible(c, i, "accepted") || !Visible(c, i, "pending") || !Visible(c, i, "") {
		t.Error("the status of a membership must restrict it")
	}
}

func TestDeletedImages(t *testing.T) {
	i := &records.Image{ID: "x", Visibility: records.Public, Owner: records.NullOf("t-own"), Stamps: records.Stamps{Deleted: true}}
	if err := checkVisible(&access.Caller{Owner: records.NullOf("t-own")}, i, false); !records.IsKind(err, records.ImageNotFound) {
		t.Errorf("the owner sees a deleted image: %v", err)
	}
	if err := checkVisible(&access.Caller{Owner: records.NullOf("t-own")}, i, true); err != nil {
		t.Errorf("the owner does not see it where deleted ones are shown: %v", err)
	}
	if err := checkVisible(&access.Caller{Admin: true}, i, false); err != nil {
		t.Errorf("the admin does not see it: %v", err)
	}
}

func TestMutable(t *testing.T) {
	for _, row := range []struct {
		caller     *access.Caller
		owner      records.Null[string]
		visibility string
		want       records.ErrorKind // 0: mutable
	}{
		{&access.Caller{Admin: true}, records.NullOf("t-own"), records.Private, 0},
		{&access.Caller{Owner: records.NullOf("t-own")}, records.NullOf("t-own"), records.Public, 0},
		{&access.Caller{Owner: records.NullOf("t-x")}, records.NullOf("t-own"), records.Public, records.NotPublicImageOwner},
		{&access.Caller{Owner: records.NullOf("t-x")}, records.NullOf("t-own"), records.Community, records.NotPublicImageOwner},
		{&access.Caller{Owner: records.NullOf("t-x")}, records.NullOf("t-own"), records.Shared, records.NotImageOwner},
		{&access.Caller{Owner: records.NullOf("t-x")}, records.NullOf("t-own"), records.Private, records.NotImageOwner},
		{&access.Caller{}, records.Null[string]{}, records.Private, records.NotImageOwner},
		{&access.Caller{Owner: records.NullOf("")}, records.Null[string]{}, records.Public, records.NotPublicImageOwner},
	} {
		err := checkMutable(row.caller, &records.Image{Owner: row.owner, Visibility: row.visibility})
		if err == nil && row.want != 0 || err != nil && !records.IsKind(err, row.want) {
			t.Errorf("%+v on %s of %v: %v", row.caller, row.visibility, row.owner, err)
		}
	}
}

func TestSharable(t *testing.T) {
	i := &records.Image{Owner: records.NullOf("t-own"), Members: []records.Member{
		{Member: "t-can", CanShare: true, Status: "rejected"},
		{Member: "t-not"},
		{Member: "t-gone", CanShare: true, Stamps: records.Stamps{Deleted: true}},
	}}
	for _, row := range []struct {
		caller       *access.Caller
		want, strict bool
	}{
		{&access.Caller{Admin: true}, true, true},
		{&access.Caller{Owner: records.NullOf("t-own")}, true, true},
		{&access.Caller{Owner: records.NullOf("t-can")}, true, false},
		{&access.Caller{Owner: records.NullOf("t-not")}, false, false},
		{&access.Caller{Owner: records.NullOf("t-gone")}, false, false},
		{&access.Caller{}, false, false},
	} {
		if got := (&Service{}).sharable(row.caller, i); got != row.want {
			t.Errorf("%+v: %v", row.caller, got)
		}
		if got := (&Service{Rules: access.Rules{Harden: true}}).sharable(row.caller, i); got != row.strict {
			t.Errorf("%+v, hardened: %v", row.caller, got)
		}
	}
}

func TestVisibleLocations(t *testing.T) {
	i := &records.Image{Status: records.StatusActive, Locations: []records.Location{{RowID: 1}, {RowID: 2, Stamps: records.Stamps{Deleted: true}}}}
	user, admin := &access.Caller{Owner: records.NullOf("t")}, &access.Caller{Admin: true}
	open, hardened := &Service{}, &Service{Rules: access.Rules{Harden: true}}
	for n, c := range []*access.Caller{user, admin, {Owner: records.NullOf("t"), Trusted: true}} {
		if shown := len(hardened.VisibleLocations(c, i, false)); shown != min(n, 1) {
			t.Errorf("hardened: %+v sees %d locations", c, shown)
		}
	}
	if n := len(open.VisibleLocations(user, i, false)); n != 1 {
		t.Errorf("%d live locations", n)
	}
	if n := len(open.VisibleLocations(user, i, true)); n != 2 {
		t.Errorf("%d locations with deleted ones", n)
	}
	i.Status = records.StatusDeactivated
	if n := len(open.VisibleLocations(user, i, true)); n != 0 {
		t.Errorf("a user sees %d locations of a deactivated image", n)
	}
	if n := len(open.VisibleLocations(admin, i, false)); n != 1 {
		t.Errorf("an admin sees %d locations of a deactivated image", n)
	}
}
