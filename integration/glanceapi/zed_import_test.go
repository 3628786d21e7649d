package glanceapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/glancegate/glancegate/integration/kit"
)

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
