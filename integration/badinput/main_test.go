// Package badinput sends what no client should. Whatever it is, the answer is no
// failure of the gateway, a refusal changes nothing in the database, and what is
// accepted can be read again.
package badinput

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/conformance"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { registrytest.Main(m) }

// target is the image that requests try to change; it has children.
const target = "5eed5eed-0000-4000-8000-000000000000"

// sender has a gateway in front of a database with images.
type sender struct {
	*registrytest.Registry
	t        *testing.T
	db       *servers.Database
	refusals []*registrytest.Call
}

// connections are the ways to reach the databases: what a driver does with a
// text depends on them.
var connections = []struct {
	name    string
	dialect servers.Kind
	change  func(*dbbackend.Config)
}{
	{"mysql", servers.MySQL, func(*dbbackend.Config) {}},
	{"mysql utf8mb4", servers.MySQL, func(c *dbbackend.Config) {
		u, _ := url.Parse(c.URL)
		u.RawQuery = "charset=utf8mb4"
		c.URL = u.String()
	}},
	{"postgresql", servers.PostgreSQL, func(*dbbackend.Config) {}},
	{"postgresql unprepared", servers.PostgreSQL, func(c *dbbackend.Config) { c.Prepare = false }},
	{"sqlite", servers.SQLite, func(*dbbackend.Config) {}},
}

func onEachConnection(t *testing.T, test func(*testing.T, *sender)) {
	for _, c := range connections {
		t.Run(c.name, func(t *testing.T) {
			db := servers.NewDatabase(t, c.dialect)
			s := &sender{Registry: registrytest.New(t, db, c.change), t: t, db: db}
			s.fill()
			test(t, s)
			s.checkReadable("/images/detail?limit=1000&is_public=none")
			s.checkReadable("/images/detail?limit=1000&is_public=none&deleted=true")
			s.fill()
			s.repeatRefusals()
		})
	}
}

func (s *sender) fill() {
	s.t.Helper()
	if err := conformance.Fill(s.t.Context(), s.db, "small"); err != nil {
		s.t.Fatal(err)
	}
	s.CreateImage(registrytest.Object{
		"id": target, "name": "target", "properties": registrytest.Object{"p": "1"}, "location": "file:///x",
	})
	s.RespondTo("PUT /images/" + target + "/members/m").Expect(http.StatusNoContent)
}

// send sends a request. Its answer is a success or blames the client.
func (s *sender) send(c *registrytest.Call) *registrytest.Answer {
	s.t.Helper()
	a := c.Answer()
	switch {
	case a.Status >= http.StatusInternalServerError:
		s.t.Errorf("%s\n%s", c, a)
	case a.Status >= http.StatusBadRequest && a.Status != http.StatusConflict: // that id may be free another time
		s.refusals = append(s.refusals, c)
	}
	return a
}

// refused is send for requests that must be refused.
func (s *sender) refused(c *registrytest.Call, status int) *registrytest.Answer {
	s.t.Helper()
	a := s.send(c)
	if a.Status != status {
		s.t.Errorf("%s\n%s\nwant status %d", c, a, status)
	}
	return a
}

// checkReadable sees that nothing that was accepted spoils an answer.
func (s *sender) checkReadable(path string) {
	s.t.Helper()
	s.RespondTo("GET " + path).Expect(http.StatusOK)
}

func (s *sender) create(body string) *registrytest.Call {
	return s.RespondTo("POST /images").Text(body)
}

func (s *sender) update(body string) *registrytest.Call {
	return s.RespondTo("PUT /images/" + target).Text(body)
}

// image is a body with one key of an image.
func image(key, value string) string { return fmt.Sprintf(`{"image": {%q: %s}}`, key, value) }

// repeatRefusals sends again what was refused and looks whether any row changed.
// A look at all rows takes a while, so it is for many requests together.
func (s *sender) repeatRefusals() {
	s.t.Helper()
	watch, err := conformance.NewWatch(s.t.Context(), s.db)
	if err != nil {
		s.t.Fatal(err)
	}
	defer watch.Close()
	for refusals := range slices.Chunk(s.refusals, 100) {
		for _, c := range refusals {
			if a := c.Answer(); a.Status < http.StatusBadRequest {
				s.t.Errorf("%s\n%s\nwas refused before", c, a)
			}
		}
		changes, err := watch.Changes(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		if len(changes) > 0 {
			s.t.Errorf("one of %d refused requests, of which the first is\n%s\nchanged %v", len(refusals), refusals[0], changes)
		}
	}
}
