package badinput

import (
	"net/http"
	"strings"
	"testing"
)

func TestValuesOfMemberships(t *testing.T) {
	members := "/images/" + target + "/members"
	onEachConnection(t, func(t *testing.T, s *sender) {
		for _, value := range values {
			s.send(s.RespondTo("PUT " + members).Text(`{"memberships": [{"member_id": ` + value + `, "can_share": true}]}`))
			s.send(s.RespondTo("PUT " + members).Text(`{"memberships": [{"member_id": "x", "can_share": ` + value + `}]}`))
			s.send(s.RespondTo("PUT " + members).Text(`{"memberships": ` + value + `}`))
			s.send(s.RespondTo("PUT " + members + "/x").Text(`{"member": {"can_share": ` + value + `}}`))
			s.send(s.RespondTo("PUT " + members + "/x").Text(`{"member": ` + value + `}`))
			s.checkReadable(members)
		}
		// One that can't be stored takes those before it with it.
		for _, value := range []string{`null`, `{}`, `"` + strings.Repeat("l", 300) + `"`, `"😀"`} {
			s.refused(s.RespondTo("PUT "+members).Text(`{"memberships": [{"member_id": "first"}, {"member_id": `+value+`}]}`),
				http.StatusBadRequest)
		}
	})
}
