package storage

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/netproxy"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
)

// Reads wait for the database as rarely as they can: once for a record with all
// its children, once for the rows of a page, and once more for the children of
// all its images.
func TestRoundTripsOfReads(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		for name, prepare := range map[string]bool{"prepared": true, "not prepared": false} {
			t.Run(name, func(t *testing.T) {
				testRoundTrips(t, db, prepare)
			})
		}
	})
}

func testRoundTrips(t *testing.T, db *servers.Database, prepare bool) {
	var statements atomic.Int64
	trips := statements.Load // SQLite has no wire
	gatewayURL := db.URL
	if db.Dialect != servers.SQLite {
		var proxy *netproxy.Proxy
		proxy, gatewayURL = netproxy.New(t, db.URL)
		trips = proxy.RoundTrips
	}
	node := registrytest.New(t, db, func(c *dbbackend.Config) {
		c.URL, c.Prepare, c.SchemaPoll = gatewayURL, prepare, -1
		c.Observer = func(string, time.Duration, error) { statements.Add(1) }
	})
	var id string
	for range 3 {
		id = node.CreateImage(registrytest.Object{
			"properties": registrytest.Object{"a": "1", "b": "2"}, "location": "file:///x", "is_public": true,
		})
		node.RespondTo("PUT /images/" + id + "/members/t1").Expect(204)
	}
	first := node.RespondTo("GET /images?limit=1").ExpectImages()[0].ID
	for _, c := range []struct {
		request string
		want    int64
	}{
		{"GET /images/" + id, 1},
		{"GET /images/" + id + "/members", 1},
		{"GET /shared-images/t1", 1},
		{"GET /images", 1},
		{"GET /images/detail", 2},
		{"GET /images/detail?property-a=1&is_public=none&sort_key=name", 2},
		// The marker has to be readable by the caller, so it is read.
		{"GET /images?marker=" + first, 2},
		{"GET /images/detail?marker=" + first, 3},
		{"GET /images/detail?limit=0", 0},
	} {
		node.RespondTo(c.request).Expect(200) // prepares the statements
		spoken, made := least(func() (int64, int64) {
			startTrips, startStatements := trips(), statements.Load()
			node.RespondTo(c.request).Expect(200)
			return trips() - startTrips, statements.Load() - startStatements
		})
		if spoken != c.want || made != c.want {
			t.Errorf("%s: %d round trips and %d statements, want %d", c.request, spoken, made, c.want)
		}
	}
}

// least measures a few times: a pool may look whether a connection that was idle
// for a second is still there.
func least(measure func() (int64, int64)) (trips, statements int64) {
	trips, statements = measure()
	for range 2 {
		t, s := measure()
		trips, statements = min(trips, t), min(statements, s)
	}
	return trips, statements
}

// Commands that read wait for the database once, and once more for what depends
// on the first answer: the children of a page, a marker, what is in a namespace.
func TestRoundTripsOfCommands(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		var statements atomic.Int64
		trips, gatewayURL := statements.Load, db.URL // SQLite has no wire
		if db.Dialect != servers.SQLite {
			var proxy *netproxy.Proxy
			proxy, gatewayURL = netproxy.New(t, db.URL)
			trips = proxy.RoundTrips
		}
		node := rpctest.New(t, db, func(c *dbbackend.Config) {
			c.URL, c.Observer = gatewayURL, func(string, time.Duration, error) { statements.Add(1) }
		})
		first := fillForCommands(node)
		for _, c := range commandsThatRead(first) {
			node.Call(c.name, c.kwargs).OK() // prepares the statements
			spoken, made := least(func() (int64, int64) {
				startTrips, startStatements := trips(), statements.Load()
				node.Call(c.name, c.kwargs).OK()
				return trips() - startTrips, statements.Load() - startStatements
			})
			if spoken != c.want || made != c.want {
				t.Errorf("%s %v: %d round trips and %d statements, want %d", c.name, c.kwargs, spoken, made, c.want)
			}
		}
	})
}

const (
	measuredImage = "00000000-0000-4000-8000-000000000001"
	measuredTask  = "00000000-0000-4000-8000-000000000002"
)

// fillForCommands makes something to read, and returns the numbers of the first
// namespace and its tag.
func fillForCommands(node *rpctest.Registry) (first struct{ namespace, tag int64 }) {
	node.Call("image_create", rpctest.Object{"values": rpctest.Object{
		"id": measuredImage, "status": "active", "size": 5, "properties": rpctest.Object{"a": "1", "b": "2"},
		"locations": []rpctest.Object{{"url": "file:///x", "metadata": nil, "status": "active"}},
	}}).OK()
	node.Call("image_create", rpctest.Object{"values": rpctest.Object{"status": "active", "owner": "t-admin"}}).OK()
	node.Call("image_tag_set_all", rpctest.Object{"image_id": measuredImage, "tags": []string{"x", "y"}}).OK()
	node.Call("image_member_create", rpctest.Object{"values": rpctest.Object{"image_id": measuredImage, "member": "t1"}}).OK()
	for _, id := range []string{measuredTask, "00000000-0000-4000-8000-000000000003"} {
		node.Call("task_create", rpctest.Object{"values": rpctest.Object{
			"id": id, "type": "import", "status": "pending", "owner": "t-admin", "input": rpctest.Object{},
		}}).OK()
	}
	for _, name := range []string{"first", "second"} {
		var namespace, tag struct{ ID int64 }
		node.Call("metadef_namespace_create", rpctest.Object{"values": rpctest.Object{"namespace": name, "owner": "t1"}}).Into(&namespace)
		node.Call("metadef_object_create", rpctest.Object{"namespace_name": name, "object_dict": rpctest.Object{"name": "o"}}).OK()
		node.Call("metadef_property_create", rpctest.Object{"namespace_name": name, "property_dict": rpctest.Object{"name": "p"}}).OK()
		node.Call("metadef_tag_create", rpctest.Object{"namespace_name": name, "tag_dict": rpctest.Object{"name": "t"}}).Into(&tag)
		node.Call("metadef_tag_create", rpctest.Object{"namespace_name": name, "tag_dict": rpctest.Object{"name": "u"}}).OK()
		node.Call("metadef_resource_type_association_create", rpctest.Object{
			"namespace_name": name, "values": rpctest.Object{"name": "r", "properties_target": nil, "prefix": nil},
		}).OK()
		if first.namespace == 0 {
			first.namespace, first.tag = namespace.ID, tag.ID
		}
	}
	return first
}

type readingCommand struct {
	name   string
	kwargs rpctest.Object
	want   int64
}

func commandsThatRead(first struct{ namespace, tag int64 }) []readingCommand {
	of := func(more rpctest.Object) rpctest.Object { more["namespace_name"] = "first"; return more }
	return []readingCommand{
		{"image_get", rpctest.Object{"image_id": measuredImage}, 1},
		{"image_tag_get_all", rpctest.Object{"image_id": measuredImage}, 1},
		{"image_get_all", rpctest.Object{"return_tag": true, "limit": 25}, 2},
		{"image_get_all", rpctest.Object{"return_tag": true, "filters": rpctest.Object{"tags": []string{"x"}, "properties": rpctest.Object{"a": "1"}}}, 2},
		// The marker has to be readable by the caller, so it is read.
		{"image_get_all", rpctest.Object{"return_tag": true, "marker": measuredImage, "sort_dir": []string{"asc"}}, 3},
		{"image_get_all", rpctest.Object{"limit": 0}, 0},
		{"image_member_find", rpctest.Object{"image_id": measuredImage}, 1},
		{"image_member_count", rpctest.Object{"image_id": measuredImage}, 1},
		{"user_get_storage_usage", rpctest.Object{"owner_id": "t1"}, 1},
		{"task_get", rpctest.Object{"task_id": measuredTask}, 1},
		{"task_get_all", rpctest.Object{}, 2}, // after a look for those that expired
		{"task_get_all", rpctest.Object{"marker": measuredTask}, 3},
		{"metadef_namespace_get", of(rpctest.Object{}), 1},
		{"metadef_namespace_get_all", rpctest.Object{"sort_key": "created_at"}, 1},
		{"metadef_namespace_get_all", rpctest.Object{"sort_key": "created_at", "marker": first.namespace}, 2},
		{"metadef_namespace_get_all", rpctest.Object{"sort_key": "id", "filters": rpctest.Object{"resource_types": "r,s"}}, 1},
		{"metadef_object_get", of(rpctest.Object{"object_name": "o"}), 1},
		{"metadef_object_get_all", of(rpctest.Object{}), 2},
		{"metadef_object_count", of(rpctest.Object{}), 2},
		{"metadef_property_get", of(rpctest.Object{"property_name": "p"}), 1},
		{"metadef_property_get_all", of(rpctest.Object{}), 2},
		{"metadef_property_count", of(rpctest.Object{}), 2},
		{"metadef_tag_get", of(rpctest.Object{"name": "t"}), 1},
		{"metadef_tag_get_all", of(rpctest.Object{"sort_key": "created_at"}), 2},
		{"metadef_tag_get_all", of(rpctest.Object{"sort_key": "created_at", "marker": first.tag}), 2},
		{"metadef_tag_count", of(rpctest.Object{}), 2},
		{"metadef_resource_type_get", rpctest.Object{"resource_type_name": "r"}, 1},
		{"metadef_resource_type_get_all", rpctest.Object{}, 1},
		{"metadef_resource_type_association_get", of(rpctest.Object{"resource_type_name": "r"}), 2},
		{"metadef_resource_type_association_get_all_by_namespace", of(rpctest.Object{}), 2},
	}
}
