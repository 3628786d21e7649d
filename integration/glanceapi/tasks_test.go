package glanceapi

import "reflect"

const taskID = "8b2c1a9e-0000-4000-8000-000000000001"

// values of a task are sent as a whole, with a session that is null.
func (d *driver) saveTask(command string, change object) object {
	d.t.Helper()
	values := object{
		"id": taskID, "type": "import", "status": "pending", "owner": "t1", "input": object{"import_from": "http://x/y"},
		"result": nil, "message": "", "expires_at": nil, "created_at": now(), "updated_at": now(),
	}
	for key, v := range change {
		values[key] = v
	}
	kwargs := object{"values": values, "session": nil}
	if command == "task_update" {
		kwargs["task_id"] = taskID
	}
	return d.one(command, kwargs)
}

func (d *driver) task() object {
	d.t.Helper()
	return d.one("task_get", object{"task_id": taskID, "session": nil, "force_show_deleted": false})
}

// lifeOfATask is an import, as far as its task goes.
func lifeOfATask(d *driver) {
	d.saveTask("task_create", nil)
	if task := d.task(); task["status"] != "pending" || !reflect.DeepEqual(task["input"], object{"import_from": "http://x/y"}) || task["result"] != nil {
		d.t.Errorf("created: %v", task)
	}
	d.saveTask("task_update", object{"status": "processing"})
	d.task()
	d.task()
	ended := d.saveTask("task_update", object{"status": "success", "result": object{"image_id": "x"}, "expires_at": object{
		"_type": "datetime", "_value": "2100-01-01T00:00:00.000000",
	}})
	for _, task := range []object{ended, d.task()} {
		if task["status"] != "success" || !reflect.DeepEqual(task["result"], object{"image_id": "x"}) ||
			!reflect.DeepEqual(task["expires_at"], object{"_type": "datetime", "_value": "2100-01-01T00:00:00"}) {
			d.t.Errorf("ended: %v", task)
		}
	}
	tasks := d.list("task_get_all", object{
		"filters": object{"deleted": false}, "marker": nil, "limit": 25, "sort_key": "created_at", "sort_dir": "desc", "admin_as_user": false,
	})
	if len(tasks) != 1 || tasks[0]["id"] != taskID {
		d.t.Fatalf("listed: %v", tasks)
	}
	if _, has := tasks[0]["input"]; has {
		d.t.Error("a list of tasks has their input")
	}
}
