package glanceapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// The gateway beside a real glance-api, on the tables that its own
// glance-manage has made: what one of the three APIs writes, the others show.
func TestBesideGlance(t *testing.T) {
	servers.Require(t, servers.Glance)
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewEmptyDatabase(t, dialect)
			servers.GlanceManage(t, db, "db", "sync")
			glance := servers.NewGlanceAPI(t, db)
			gateway := integration.StartGateway(t, fmt.Sprintf(
				"bind 127.0.0.1\nglance_registry {\ndatabase `%s`\nidentity trusted\ncompatible_with train\n}", db.URL))
			c := &cloud{t: t, v2: glance.BaseURL + "/v2", v1: gateway, rpc: gateway + "/rpc"}
			t.Run("written by glance-api", func(t *testing.T) { c.on(t).writtenByGlance() })
			t.Run("written by registry clients", func(t *testing.T) { c.on(t).writtenByRegistry() })
			t.Run("imported", func(t *testing.T) { c.on(t).imported() })
			t.Run("located", func(t *testing.T) { c.on(t).located() })
			t.Run("definitions and tasks", func(t *testing.T) { c.on(t).definitionsAndTasks() })
		})
	}
}

// cloud has the three APIs on one database.
type cloud struct {
	t           *testing.T
	v2, v1, rpc string
}

func (c cloud) on(t *testing.T) *cloud { c.t = t; return &c }

// call sends a request as a user of a project, or as an administrator with the
// project "admin", and decodes the answer.
func (c *cloud) call(project, method, url, contentType string, body any) any {
	c.t.Helper()
	// Keystone's roles imply each other, and newer releases of Glance show images
	// only to the role "reader".
	role := "member,reader"
	if project == "admin" {
		role = "admin,member,reader"
	}
	header := kit.Trusted(project, role)
	header.Set("Content-Type", contentType)
	answer, err := kit.Request{Method: method, URL: url, Header: header, Body: body}.Send(c.t.Context())
	if err != nil || answer.StatusCode >= 300 {
		c.t.Fatalf("%s: %s %s: %v %v", project, method, url, answer, err)
	}
	text := answer.Text
	var v any
	if json.Unmarshal(text, &v) != nil {
		return string(text)
	}
	return v
}

const asJSON = "application/json"

func (c *cloud) glance(project, method, path string, body any) any {
	c.t.Helper()
	return c.call(project, method, c.v2+path, asJSON, body)
}

func (c *cloud) registry(project, method, path string, body any) any {
	c.t.Helper()
	return c.call(project, method, c.v1+path, asJSON, body)
}

func (c *cloud) command(project, name string, kwargs object) any {
	c.t.Helper()
	result := c.call(project, "POST", c.rpc, asJSON, []object{{"command": name, "kwargs": kwargs}}).([]any)[0]
	if failure, ok := result.(object); ok && failure["_error"] != nil {
		c.t.Fatalf("%s: %v", name, failure["_error"])
	}
	return result
}

// record has the fields of an image that all three APIs show.
type record struct {
	Name, Status, Owner, Visibility, Checksum, Hash, Created string
	Size, MinRAM                                             float64
	Protected, Hidden                                        bool
	Properties                                               map[string]string
	Tags                                                     []string
	Locations                                                int
}

func (c *cloud) expect(what string, ok bool, got any) {
	c.t.Helper()
	if !ok {
		c.t.Errorf("%s: %+v", what, got)
	}
}

// agree compares what the APIs say about an image.
func (c *cloud) agree(id string) record {
	c.t.Helper()
	v2 := c.glance("admin", "GET", "/images/"+id, nil).(object)
	v1 := c.registry("admin", "GET", "/images/"+id, nil).(object)["image"].(object)
	rpc := c.command("admin", "image_get", object{"image_id": id}).(object)
	tags := c.command("admin", "image_tag_get_all", object{"image_id": id}).([]any)

	fromV2 := record{
		Name: text(v2["name"]), Status: text(v2["status"]), Owner: text(v2["owner"]), Visibility: text(v2["visibility"]),
		Checksum: text(v2["checksum"]), Hash: text(v2["os_hash_value"]), Created: strings.TrimSuffix(text(v2["created_at"]), "Z"),
		Size: number(v2["size"]), MinRAM: number(v2["min_ram"]), Protected: v2["protected"] == true, Hidden: v2["os_hidden"] == true,
		Properties: map[string]string{}, Tags: texts(v2["tags"].([]any)),
	}
	for name, value := range rpcProperties(rpc) {
		if v2[name] == nil || v2[name] != value {
			c.t.Errorf("%s: property %s is %v in v2, %s in RPC", id, name, v2[name], value)
		}
		fromV2.Properties[name] = value
	}
	fromRPC := record{
		Name: text(rpc["name"]), Status: text(rpc["status"]), Owner: text(rpc["owner"]), Visibility: text(rpc["visibility"]),
		Checksum: text(rpc["checksum"]), Hash: text(rpc["os_hash_value"]), Created: seconds(text(rpc["created_at"].(object)["_value"])),
		Size: number(rpc["size"]), MinRAM: number(rpc["min_ram"]), Protected: rpc["protected"] == true, Hidden: rpc["os_hidden"] == true,
		Properties: rpcProperties(rpc), Tags: texts(tags), Locations: len(rpc["locations"].([]any)),
	}
	fromV1 := record{
		Name: text(v1["name"]), Status: text(v1["status"]), Owner: text(v1["owner"]), Checksum: text(v1["checksum"]),
		Created: seconds(text(v1["created_at"])), Size: number(v1["size"]), MinRAM: number(v1["min_ram"]), Protected: v1["protected"] == true,
		Properties: map[string]string{}, Locations: len(v1["location_data"].([]any)),
		Visibility: fromRPC.Visibility, Hash: fromRPC.Hash, Hidden: fromRPC.Hidden, Tags: fromRPC.Tags, // which it does not show
	}
	for name, value := range v1["properties"].(object) {
		fromV1.Properties[name] = text(value)
	}
	c.expect("is_public of v1", (v1["is_public"] == true) == (fromV2.Visibility == "public"), v1)
	fromV2.Locations = fromRPC.Locations // which glance-api hides
	for _, other := range []record{fromV1, fromRPC} {
		if !equal(fromV2, other) {
			c.t.Errorf("%s:\nglance-api %+v\nregistry   %+v", id, fromV2, other)
		}
	}
	return fromRPC
}

func equal(a, b record) bool {
	return fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b) && maps.Equal(a.Properties, b.Properties)
}

func text(v any) string { s, _ := v.(string); return s }

func number(v any) float64 { n, _ := v.(float64); return n }

func texts(list []any) []string {
	out := []string{}
	for _, v := range list {
		out = append(out, text(v))
	}
	slices.Sort(out)
	return out
}

func seconds(text string) string { before, _, _ := strings.Cut(text, "."); return before }

func rpcProperties(i object) map[string]string {
	out := map[string]string{}
	for _, p := range i["properties"].([]any) {
		if p := p.(object); p["deleted"] == false {
			out[text(p["name"])] = text(p["value"])
		}
	}
	return out
}
