package publicreads

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

const (
	otherWrites = 20                    // a second, at most
	listPause   = 25 * time.Millisecond // so that the reader leaves the cores to the writer, and does not outrun it

	// listsPerWrite are at least as many, since a machine that is slow writes less often,
	// too. If every write cost a hit, two thirds would be left.
	listsPerWrite = 3

	minLists = 250 // enough for a share of them

	minHits = 0.80 // docs/cache.md, of lists of projects that change nothing
)

// outlive looks at a list of a project while another one writes, in SQL and by the
// Images API, and then changes what concerns it, in every way.
func (c *cloud) outlive(t *testing.T) {
	owner, other := c.Keystone.User(t, "member"), c.Keystone.User(t, "member")
	token, others := owner.Token(t), other.Token(t)
	own := c.create(token, map[string]any{"name": "own"})
	foreign := c.create(others, map[string]any{"name": "foreign"})
	const list = "/v2/images?sort=name:asc"
	c.hit(token, list)
	rate := c.hitRate(token, list, func(n int) {
		if n%2 == 0 {
			c.exec(fmt.Sprintf("UPDATE images SET name = 'foreign-%d' WHERE id = '%s'", n, foreign))
			return
		}
		c.must(http.MethodPatch, "/v2/images/"+foreign, others, asPatch, fmt.Sprintf(`[{"op": "replace", "path": "/name", "value": "foreign-%d"}]`, n))
	})
	if rate < minHits {
		t.Errorf("only %.1f %% of the lists are hits\n%s", 100*rate, c.report())
	}

	admin := c.Keystone.User(t, "admin").Token(t)
	visibility := func(token, id, value string) func() {
		return func() {
			c.must(http.MethodPatch, "/v2/images/"+id, token, asPatch, fmt.Sprintf(`[{"op": "replace", "path": "/visibility", "value": %q}]`, value))
		}
	}
	member := func(method, token, path string, body any) func() {
		return func() { c.must(method, "/v2/images/"+foreign+"/members"+path, token, asJSON, body) }
	}
	inSQL := func(statement string) func() { return func() { c.exec(fmt.Sprintf(statement, foreign)) } }
	for _, change := range []struct {
		what  string
		make  func()
		own   bool // the list shows the own image afterwards
		other bool // ... and that of the other project
	}{
		{"own", func() { c.must(http.MethodPut, "/v2/images/"+own+"/tags/new", token, asJSON, nil) }, true, false},
		{"public", visibility(admin, foreign, "public"), true, true},
		{"public to private", visibility(others, foreign, "private"), true, false},
		{"shared", visibility(others, foreign, "shared"), true, false},
		{"a member", member("POST", others, "", map[string]any{"member": owner.Project}), true, false},
		{"accepted", member("PUT", token, "/"+owner.Project, map[string]any{"status": "accepted"}), true, true},
		{"rejected", member("PUT", token, "/"+owner.Project, map[string]any{"status": "rejected"}), true, false},
		{"accepted in SQL", inSQL("UPDATE image_members SET status = 'accepted' WHERE image_id = '%s'"), true, true},
		{"no member", member("DELETE", others, "/"+owner.Project, nil), true, false},
		{"another owner in SQL", inSQL("UPDATE images SET owner = '" + owner.Project + "' WHERE id = '%s'"), true, true},
		{"name in SQL", inSQL("UPDATE images SET name = 'by hand' WHERE id = '%s'"), true, true},
		{"the first owner again", inSQL("UPDATE images SET owner = '" + other.Project + "' WHERE id = '%s'"), true, false},
		{"public in SQL", inSQL("UPDATE images SET visibility = 'public' WHERE id = '%s'"), true, true},
		{"hidden in SQL", inSQL("UPDATE images SET os_hidden = true WHERE id = '%s'"), true, false},
		{"shown in SQL", inSQL("UPDATE images SET os_hidden = false WHERE id = '%s'"), true, true},
		{"foreign deleted", func() { c.must(http.MethodDelete, "/v2/images/"+foreign, admin, asJSON, nil) }, true, false},
		{"own deleted", func() { c.must(http.MethodDelete, "/v2/images/"+own, token, asJSON, nil) }, false, false},
	} {
		before := c.hit(token, list)
		change.make()
		time.Sleep(changeReported)
		var a answer
		right := func() bool {
			a = c.get(c.gateway, token, list)
			return a.status == http.StatusOK && strings.Contains(a.body, own) == change.own && strings.Contains(a.body, foreign) == change.other
		}
		if !kit.Poll(bound-changeReported, right) {
			t.Errorf("%s: %q %s\nbefore: %s", change.what, a.outcome(), a.body, before.body)
		}
		if a, want := c.hit(token, list), c.get(c.glance, token, list); !sameAnswer(a.body, want.body) {
			t.Errorf("%s: kept is %s\nwant %s", change.what, a.body, want.body)
		}
	}
}

// changeReported is longer than it takes a feed to report a change, unless the machine has
// other things to do. The test waits for all of it: the first answer after it must be
// right, or one within the bound, and the next ones, too.
const changeReported = 500 * time.Millisecond

// hitRate reads a list again and again while something is written.
func (c *cloud) hitRate(token, list string, write func(n int)) float64 {
	c.t.Helper()
	stop, written := make(chan struct{}), make(chan int)
	pace := kit.NewPace(time.Second/otherWrites, listsPerWrite)
	go func() { written <- pace.Follow(stop, write) }()
	outcomes, all := map[string]int{}, 0
	for end := time.Now().Add(*length / 3); all < minLists || time.Now().Before(end); time.Sleep(listPause) {
		outcomes[c.get(c.gateway, token, list).outcome()]++
		all++
		pace.Step()
	}
	close(stop)
	rate := float64(outcomes["hit"]) / float64(all)
	c.t.Logf("%d writes of another project; %.1f %% of %d lists are hits: %v", <-written, 100*rate, all, outcomes)
	return rate
}

func (c *cloud) exec(statement string) {
	c.t.Helper()
	if _, err := c.DB.DB.Exec(statement); err != nil {
		c.t.Errorf("%s: %v", statement, err)
	}
}
