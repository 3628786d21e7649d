package registry

import "testing"

// TestVisible is the table of registry-v1.md, 6.1, row by row.
func TestVisible(t *testing.T) {
	member := func(status string, deleted bool) []Member {
		return []Member{{Member: "t-mem", Status: status, Stamps: Stamps{Deleted: deleted}}}
	}
	owned := NullOf("t-own")
	project := func(id string) *Caller { return &Caller{Owner: NullOf(id)} }
	visibilities := []string{Public, Community, Shared, Private, ""}
	for _, row := range []struct {
		name    string
		caller  *Caller
		owner   Null[string]
		members []Member
		want    [5]bool // in the order of visibilities
	}{
		{"admin", &Caller{Admin: true}, owned, nil, [5]bool{true, true, true, true, true}},
		{"owner", project("t-own"), owned, nil, [5]bool{true, true, true, true, true}},
		{"owner in other case", project("T-OWN"), owned, nil, [5]bool{true, true, false, false, false}},
		{"pending member", project("t-mem"), owned, member("pending", false), [5]bool{true, true, true, false, false}},
		{"rejected member", project("t-mem"), owned, member("rejected", false), [5]bool{true, true, true, false, false}},
		{"former member", project("t-mem"), owned, member("accepted", true), [5]bool{true, true, false, false, false}},
		{"stranger", project("t-other"), owned, member("accepted", false), [5]bool{true, true, false, false, false}},
		{"empty owner", project(""), owned, nil, [5]bool{true, true, false, false, false}},
		{"no owner", &Caller{}, owned, member("accepted", false), [5]bool{true, true, false, false, false}},
		{"ownerless image", project("t-other"), Null[string]{}, nil, [5]bool{true, true, true, true, true}},
		{"ownerless image, no owner", &Caller{}, Null[string]{}, nil, [5]bool{true, true, true, true, true}},
	} {
		for n, visibility := range visibilities {
			i := &Image{Visibility: visibility, Owner: row.owner, Members: row.members}
			if got := Visible(row.caller, i, ""); got != row.want[n] {
				t.Errorf("%s, %q: %v", row.name, visibility, got)
			}
		}
	}
}

func TestVisibleByMemberStatus(t *testing.T) {
	i := &Image{Visibility: Shared, Owner: NullOf("t-own"), Members: []Member{{Member: "t-mem", Status: "pending"}}}
	c := &Caller{Owner: NullOf("t-mem")}
	if Visible(c, i, "accepted") || !Visible(c, i, "pending") || !Visible(c, i, "") {
		t.Error("the status of a membership must restrict it")
	}
}

func TestDeletedImages(t *testing.T) {
	i := &Image{ID: "x", Visibility: Public, Owner: NullOf("t-own"), Stamps: Stamps{Deleted: true}}
	if err := checkVisible(&Caller{Owner: NullOf("t-own")}, i, false); kindOf(err) != ImageNotFound {
		t.Errorf("the owner sees a deleted image: %v", err)
	}
	if err := checkVisible(&Caller{Owner: NullOf("t-own")}, i, true); err != nil {
		t.Errorf("the owner does not see it where deleted ones are shown: %v", err)
	}
	if err := checkVisible(&Caller{Admin: true}, i, false); err != nil {
		t.Errorf("the admin does not see it: %v", err)
	}
}

func TestMutable(t *testing.T) {
	for _, row := range []struct {
		caller     *Caller
		owner      Null[string]
		visibility string
		want       ErrorKind // 0: mutable
	}{
		{&Caller{Admin: true}, NullOf("t-own"), Private, 0},
		{&Caller{Owner: NullOf("t-own")}, NullOf("t-own"), Public, 0},
		{&Caller{Owner: NullOf("t-x")}, NullOf("t-own"), Public, NotPublicImageOwner},
		{&Caller{Owner: NullOf("t-x")}, NullOf("t-own"), Community, NotPublicImageOwner},
		{&Caller{Owner: NullOf("t-x")}, NullOf("t-own"), Shared, NotImageOwner},
		{&Caller{Owner: NullOf("t-x")}, NullOf("t-own"), Private, NotImageOwner},
		{&Caller{}, Null[string]{}, Private, NotImageOwner},
		{&Caller{Owner: NullOf("")}, Null[string]{}, Public, NotPublicImageOwner},
	} {
		err := checkMutable(row.caller, &Image{Owner: row.owner, Visibility: row.visibility})
		if kindOf(err) != row.want {
			t.Errorf("%+v on %s of %v: %v", row.caller, row.visibility, row.owner, err)
		}
	}
}

func TestSharable(t *testing.T) {
	i := &Image{Owner: NullOf("t-own"), Members: []Member{
		{Member: "t-can", CanShare: true, Status: "rejected"},
		{Member: "t-not"},
		{Member: "t-gone", CanShare: true, Stamps: Stamps{Deleted: true}},
	}}
	for _, row := range []struct {
		caller       *Caller
		want, strict bool
	}{
		{&Caller{Admin: true}, true, true},
		{&Caller{Owner: NullOf("t-own")}, true, true},
		{&Caller{Owner: NullOf("t-can")}, true, false},
		{&Caller{Owner: NullOf("t-not")}, false, false},
		{&Caller{Owner: NullOf("t-gone")}, false, false},
		{&Caller{}, false, false},
	} {
		if got := (&Service{}).sharable(row.caller, i); got != row.want {
			t.Errorf("%+v: %v", row.caller, got)
		}
		if got := (&Service{Harden: true}).sharable(row.caller, i); got != row.strict {
			t.Errorf("%+v, hardened: %v", row.caller, got)
		}
	}
}

func TestVisibleLocations(t *testing.T) {
	i := &Image{Status: StatusActive, Locations: []Location{{RowID: 1}, {RowID: 2, Stamps: Stamps{Deleted: true}}}}
	user, admin := &Caller{Owner: NullOf("t")}, &Caller{Admin: true}
	open, hardened := &Service{}, &Service{Harden: true}
	for n, c := range []*Caller{user, admin, {Owner: NullOf("t"), Trusted: true}} {
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
	i.Status = StatusDeactivated
	if n := len(open.VisibleLocations(user, i, true)); n != 0 {
		t.Errorf("a user sees %d locations of a deactivated image", n)
	}
	if n := len(open.VisibleLocations(admin, i, false)); n != 1 {
		t.Errorf("an admin sees %d locations of a deactivated image", n)
	}
}

func kindOf(err error) ErrorKind {
	if e, ok := err.(*Error); ok {
		return e.Kind
	}
	return 0
}
