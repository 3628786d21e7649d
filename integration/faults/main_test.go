// Package faults tests what the gateway does when the database does not: while it
// is down, after it was restarted, while it takes no writes.
package faults

import (
	"flag"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) {
	// The tests' own connections break, too, and are repaired.
	if err := mysql.SetLogger(&mysql.NopLogger{}); err != nil {
		panic(err)
	}
	defer gateways.Clean()
	registrytest.Main(m)
}

// onEachServer runs a test on a server that it may break.
func onEachServer(t *testing.T, test func(*testing.T, *servers.Server)) {
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			test(t, servers.NewServer(t, dialect))
		})
	}
}

// newImage makes an image with children.
func newImage(node *registrytest.Registry) string {
	id := node.CreateImage(registrytest.Object{
		"name": "before", "is_public": true, "properties": registrytest.Object{"p": "before"}, "location": "file:///before",
	})
	node.RespondTo("PUT /images/" + id + "/members/before").Expect(http.StatusNoContent)
	return id
}

// reads are the requests that change nothing, on an image.
func reads(node *registrytest.Registry, id string) []*registrytest.Call {
	return []*registrytest.Call{
		node.RespondTo("GET /images"), node.RespondTo("GET /images/detail"), node.RespondTo("GET /images/" + id),
		node.RespondTo("GET /images/" + id + "/members"), node.RespondTo("GET /shared-images/before"),
	}
}

// writes are the requests that change something.
func writes(node *registrytest.Registry, id string) []*registrytest.Call {
	members := registrytest.Object{"memberships": []registrytest.Object{{"member_id": "after"}}}
	after := registrytest.Object{"image": registrytest.Object{
		"name": "after", "properties": registrytest.Object{"p": "after", "q": "after"}, "location": "file:///after",
	}}
	return []*registrytest.Call{
		node.RespondTo("POST /images").JSON(after), node.RespondTo("PUT /images/" + id).JSON(after),
		node.RespondTo("DELETE /images/" + id + "/members/before"), node.RespondTo("PUT /images/" + id + "/members").JSON(members),
		node.RespondTo("PUT /images/" + id + "/members/other"), node.RespondTo("DELETE /images/" + id),
	}
}

// soak runs every scenario in its long form, and those that have only that.
var soak = flag.Bool("faults.soak", false, "run the scenarios in full")

// deadline is the request deadline of gateways under load.
const deadline = 3 * time.Second

// slack is what a machine with other work adds to it.
const slack = 4 * time.Second

// mostMemory is more than a gateway has whose database fails under this load.
const mostMemory = 256 << 20

// on is the databases of a scenario in which the database has no part: that one,
// and all in the long form.
func on(short servers.Kind) []servers.Kind {
	return lasts([]servers.Kind{short}, []servers.Kind{servers.MySQL, servers.PostgreSQL})
}

// lasts is how long or how often something happens.
func lasts[T any](short, long T) T {
	if *soak {
		return long
	}
	return short
}

// site is the site of a registry on a database, with further directives.
func site(databaseURL, directives string) string {
	if !strings.Contains(directives, "identity ") {
		directives += "\nidentity trusted"
	}
	if !strings.Contains(directives, "limits ") {
		directives += fmt.Sprintf("\nlimits {\nrequest %v\n}", deadline)
	}
	return fmt.Sprintf("glance_registry {\ndatabase `%s`\ncompatible_with train\n%s\n}", databaseURL, directives)
}
