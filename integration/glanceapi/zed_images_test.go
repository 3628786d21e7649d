package glanceapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/glancegate/glancegate/integration/kit"
)

const content = "not much of an image"

// writtenByGlance is the life of an image in the public API.
func (c *cloud) writtenByGlance() {
	for _, visibility := range []string{"private", "public", "shared", "community"} {
		project := "own"
		if visibility == "public" {
			project = "admin"
		}
		made := c.glance(project, "POST", "/images", object{
			"name": "of v2, " + visibility, "visibility": visibility, "disk_format": "raw", "container_format": "bare", "min_ram": 64,
			"os_hidden": visibility == "community", "protected": false, "os_distro": "débian", "tags": []string{"a", "é"},
		}).(object)
		id := text(made["id"])
		i := c.agree(id)
		c.expect("queued", i.Status == "queued" && i.Visibility == visibility && i.Owner == project && len(i.Tags) == 2 && i.Locations == 0, i)

		c.call(project, "PUT", c.v2+"/images/"+id+"/file", "application/octet-stream", content)
		c.call(project, "PATCH", c.v2+"/images/"+id, "application/openstack-images-v2.1-json-patch", []object{
			{"op": "replace", "path": "/name", "value": "renamed"}, {"op": "add", "path": "/os_version", "value": "12"},
			{"op": "remove", "path": "/os_distro"}, {"op": "replace", "path": "/tags", "value": []string{"b"}},
		})
		i = c.agree(id)
		c.expect("active", i.Status == "active" && i.Name == "renamed" && i.Size == float64(len(content)) && len(i.Hash) == 128 && i.Locations == 1 &&
			len(i.Properties) == 1 && i.Properties["os_version"] == "12" && len(i.Tags) == 1, i)

		if visibility == "shared" {
			c.sharedByGlance(id)
		}
		c.glance(project, "DELETE", "/images/"+id, nil)
		gone := c.registry("admin", "GET", "/images/"+id, nil).(object)["image"].(object)
		c.expect("deleted", gone["deleted"] == true && gone["status"] == "deleted" && len(gone["location_data"].([]any)) == 0, gone)
	}
}

// sharedByGlance shares an image through the public API.
func (c *cloud) sharedByGlance(id string) {
	c.glance("own", "POST", "/images/"+id+"/members", object{"member": "friend"})
	c.expect("a pending member lists it", !c.listedByRPC("friend", id), id)
	c.glance("friend", "PUT", "/images/"+id+"/members/friend", object{"status": "accepted"})
	c.expect("an accepted member does not list it", c.listedByRPC("friend", id), id)
	c.expect("a stranger lists it", !c.listedByRPC("stranger", id), id)
	members := c.registry("own", "GET", "/images/"+id+"/members", nil).(object)["members"].([]any)
	c.expect("members", len(members) == 1 && members[0].(object)["member_id"] == "friend", members)
	shared := c.registry("friend", "GET", "/shared-images/friend", nil).(object)["shared_images"].([]any)
	c.expect("shared images", len(shared) == 1 && shared[0].(object)["image_id"] == id, shared)
	c.glance("own", "DELETE", "/images/"+id+"/members/friend", nil)
	c.expect("a former member lists it", !c.listedByRPC("friend", id), id)
}

func (c *cloud) listedByRPC(project, id string) bool {
	for _, i := range c.command(project, "image_get_all", object{"filters": object{"deleted": false}}).([]any) {
		if i.(object)["id"] == id {
			return true
		}
	}
	return false
}

func (c *cloud) listedByGlance(project, id string) bool {
	for _, i := range c.glance(project, "GET", "/images?limit=1000", nil).(object)["images"].([]any) {
		if i.(object)["id"] == id {
			return true
		}
	}
	return false
}

// writtenByRegistry is the life of images in registry v1 and over RPC.
func (c *cloud) writtenByRegistry() {
	stored := c.uploaded()
	v1 := text(c.registry("own", "POST", "/images", object{"image": object{
		"name": "of v1", "status": "active", "disk_format": "raw", "container_format": "bare", "size": len(content), "min_ram": 5,
		"is_public": true, "properties": object{"os_distro": "débian"}, "location": stored,
	}}).(object)["image"].(object)["id"])
	i := c.agree(v1)
	c.expect("v1", i.Visibility == "public" && i.Properties["os_distro"] == "débian" && i.Locations == 1, i)
	c.expect("its content", c.call("own", "GET", c.v2+"/images/"+v1+"/file", "", nil) == content, v1)
	c.registry("own", "PUT", "/images/"+v1, object{"image": object{"is_public": false, "name": nil, "properties": object{"os_version": "12"}}})
	i = c.agree(v1)
	c.expect("v1, changed", i.Visibility == "shared" && i.Name == "" && len(i.Properties) == 2, i)

	c.registry("own", "PUT", "/images/"+v1+"/members/friend", nil)
	member := c.glance("friend", "GET", "/images/"+v1+"/members/friend", nil).(object)
	c.expect("member", member["status"] == "pending" && !c.listedByGlance("friend", v1), member)
	c.command("own", "image_member_update", object{"memb_id": c.memberRow(v1), "values": object{"status": "accepted"}})
	c.expect("an accepted member does not list it", c.listedByGlance("friend", v1), v1)

	rpc := text(c.command("own", "image_create", object{"values": object{
		"name": "of RPC", "status": "queued", "owner": "own", "visibility": "private", "min_disk": 0, "min_ram": 0, "protected": false,
		"disk_format": "raw", "container_format": "bare", "properties": object{"p": "1"}, "os_hidden": true, "locations": []any{},
	}}).(object)["id"])
	c.command("own", "image_tag_set_all", object{"image_id": rpc, "tags": []string{"x", "ü"}})
	i = c.agree(rpc)
	c.expect("RPC", i.Visibility == "private" && i.Hidden && strings.Join(i.Tags, " ") == "x ü", i)
	c.expect("a stranger lists it", !c.listedByGlance("stranger", rpc), rpc)
	c.call("own", "PUT", c.v2+"/images/"+rpc+"/file", "application/octet-stream", content)
	c.expect("RPC, uploaded", c.agree(rpc).Status == "active", rpc)
	for _, id := range []string{v1, rpc} {
		c.command("own", "image_destroy", object{"image_id": id})
		c.expect("a deleted image is listed", !c.listedByGlance("admin", id), id)
	}
}

// uploaded is where the content of an image is, which glance-api knows best.
func (c *cloud) uploaded() (url string) {
	id := text(c.glance("own", "POST", "/images", object{"disk_format": "raw", "container_format": "bare"}).(object)["id"])
	c.call("own", "PUT", c.v2+"/images/"+id+"/file", "application/octet-stream", content)
	locations := c.command("admin", "image_get", object{"image_id": id}).(object)["locations"].([]any)
	return text(locations[0].(object)["url"])
}

func (c *cloud) memberRow(id string) any {
	return c.command("own", "image_member_find", object{"image_id": id}).([]any)[0].(object)["id"]
}

// definitionsAndTasks are what glance-api keeps besides images.
func (c *cloud) definitionsAndTasks() {
	c.glance("admin", "POST", "/metadefs/namespaces", object{
		"namespace": "OS::Of::V2", "visibility": "public", "display_name": "of v2",
		"objects":    []object{{"name": "o", "required": []string{"p"}, "properties": object{"p": object{"title": "P", "type": "string"}}}},
		"properties": object{"q": object{"title": "Q", "type": "integer"}},
	})
	got := c.command("admin", "metadef_object_get", object{"namespace_name": "OS::Of::V2", "object_name": "o"}).(object)
	c.expect("object", got["required"] == "p" && fmt.Sprint(got["json_schema"]) == "map[p:map[title:P type:string]]", got)
	c.command("admin", "metadef_namespace_create", object{"values": object{
		"namespace": "OS::Of::RPC", "visibility": "public", "display_name": "of RPC", "owner": "admin", "protected": false,
	}})
	c.command("admin", "metadef_property_create", object{"namespace_name": "OS::Of::RPC", "property_dict": object{
		"name": "p", "json_schema": object{"title": "P", "type": "string"},
	}})
	shown := c.glance("own", "GET", "/metadefs/namespaces/OS::Of::RPC", nil).(object)
	c.expect("namespace", shown["display_name"] == "of RPC" && shown["properties"].(object)["p"].(object)["title"] == "P", shown)

	task := text(c.command("own", "task_create", object{"values": object{
		"type": "import", "status": "pending", "owner": "own", "input": object{"import_from": "x"},
	}}).(object)["id"])
	listed := c.glance("admin", "GET", "/tasks/"+task, nil).(object)
	c.expect("task", listed["type"] == "import" && listed["status"] == "pending" && listed["owner"] == "own", listed)
}

// imported are images whose content a task of glance-api brings.
func (c *cloud) imported() {
	staged := c.withoutContent()
	c.call("own", "PUT", c.v2+"/images/"+staged+"/stage", "application/octet-stream", content)
	i := c.agree(staged)
	c.expect("staged", i.Status == "uploading" && i.Locations == 0, i)
	c.glance("own", "POST", "/images/"+staged+"/import", object{"method": object{"name": "glance-direct"}})
	c.arrives(staged, "api_image_import")
	c.glance("own", "DELETE", "/images/"+staged, nil)
	c.expect("a deleted image is listed", !c.listedByRPC("own", staged), staged)
}

// located are images whose content stays where it is, which releases since
// version 2.17 of the API register by a task.
func (c *cloud) located() {
	if !strings.Contains(fmt.Sprint(c.call("own", "GET", strings.TrimSuffix(c.v2, "/v2")+"/versions", "", nil)), "v2.17") {
		c.t.Skip("this glance-api has no such API")
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(content)) }))
	defer web.Close()
	id := c.withoutContent()
	c.glance("own", "POST", "/images/"+id+"/locations", object{"url": web.URL, "validation_data": object{}})
	c.arrives(id, "location_import")
	shown := c.registry("admin", "GET", "/images/"+id, nil).(object)["image"].(object)
	c.expect("location", shown["location"] == web.URL, shown)
	c.glance("own", "DELETE", "/images/"+id, nil)
	c.expect("a deleted image is listed", !c.listedByRPC("own", id), id)
}

func (c *cloud) withoutContent() (id string) {
	return text(c.glance("own", "POST", "/images", object{"disk_format": "raw", "container_format": "bare"}).(object)["id"])
}

// arrives waits for the end of the task of an image, and sees that all APIs agree
// about both.
func (c *cloud) arrives(id, taskType string) {
	var task object
	kit.Wait(c.t, "imported", func() bool {
		tasks := c.command("admin", "task_get_all", object{"filters": object{"type": taskType}}).([]any)
		if len(tasks) != 1 {
			c.t.Fatalf("tasks: %v", tasks)
		}
		task = tasks[0].(object)
		image := c.command("admin", "image_get", object{"image_id": id}).(object)
		// The task leaves the image at its very end.
		return task["status"] == "success" && rpcProperties(image)["os_glance_import_task"] == ""
	}, &task)
	i := c.agree(id)
	c.expect("imported", i.Status == "active" && i.Size == float64(len(content)) && len(i.Hash) == 128 && i.Locations == 1, i)
	shown := c.glance("admin", "GET", "/tasks/"+text(task["id"]), nil).(object)
	c.expect("task", shown["status"] == task["status"] && shown["owner"] == "own" && task["owner"] == "own", shown)
}
