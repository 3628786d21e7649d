package cache_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// Memberships from a record are those that the database finds, whatever it takes
// for the same.
func TestMembershipsAreThoseOfTheDatabase(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		no := map[bool]string{true: "false", false: "0"}[db.Dialect == servers.PostgreSQL]
		yes := map[bool]string{true: "true", false: "1"}[db.Dialect == servers.PostgreSQL]
		for n, m := range []struct{ member, status, deleted string }{
			{"m", "accepted", no}, {"M", "pending", no}, {"gone", "accepted", yes}, {"é", "pending", no}, {"p", "rejected", no}, {"x ", "pending", no},
		} {
			exec(t, db, "INSERT INTO image_members (image_id, member, status, can_share, created_at, deleted) VALUES ('%s', '%s', '%s', %s, '2019-10-16 00:00:0%d', %s)",
				imageID, m.member, m.status, no, n, m.deleted)
		}
		n := newNode(t, db)
		none := records.Null[string]{}
		text := []records.Null[string]{none, records.NullOf("m"), records.NullOf("M"), records.NullOf("e"), records.NullOf("p"), records.NullOf("x"), records.NullOf("other"), records.NullOf("")}
		for _, id := range []string{imageID, "unknown"} {
			for _, member := range text {
				for _, status := range []records.Null[string]{none, records.NullOf("accepted"), records.NullOf("Pending")} {
					for _, owner := range append(text, records.NullOf("P")) {
						for _, flags := range []int{0, 1, 2, 3} {
							q := records.MembershipQuery{
								ImageID: records.NullOf(id), Member: member, Status: status, Owner: owner,
								All: flags&1 > 0, IncludeDeleted: flags&2 > 0,
							}
							got, err := n.Memberships(t.Context(), q)
							if err != nil {
								t.Fatal(err)
							}
							want, err := n.store.Memberships(t.Context(), q)
							if err != nil {
								t.Fatal(err)
							}
							if len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
								t.Errorf("%+v:\ngot  %v\nwant %v", q, ids(got), ids(want))
							}
						}
					}
				}
			}
		}
		if n.counters.Lookups[cache.Hit].Load() == 0 {
			t.Error("no membership came from the cache")
		}
	})
}

func ids(members []records.Member) (list []string) {
	for _, m := range members {
		list = append(list, fmt.Sprintf("%d %s %s", m.RowID, m.Member, m.Status))
	}
	return list
}
