package glanceapi

import (
	"reflect"
)

// members is image_member_find with all its arguments, as glance-api sends them.
func (d *driver) members(id string, member any, includeDeleted bool) []object {
	d.t.Helper()
	return d.list("image_member_find", object{"image_id": id, "member": member, "status": nil, "include_deleted": includeDeleted})
}

// addMember is POST /v2/images/{id}/members. A membership that was deleted is
// taken up again.
func (d *driver) addMember(id, member string) (revived bool) {
	d.t.Helper()
	i := d.get(id)
	d.call("image_member_count", object{"image_id": id})
	if found := d.members(id, member, false); len(found) > 0 {
		d.t.Fatalf("is a member already: %v", found)
	}
	at := now()
	values := object{"image_id": id, "member": member, "status": "pending", "created_at": at}
	var saved object
	if rows := d.members(id, member, true); len(rows) > 0 {
		saved, revived = d.one("image_member_update", object{"memb_id": rows[0]["id"], "values": values}), true
	} else {
		saved = d.one("image_member_create", object{"values": values})
	}
	if saved["member"] != member || saved["status"] != "pending" || saved["deleted"] != false || saved["can_share"] != false {
		d.t.Errorf("member: %v", saved)
	}
	d.setACLs(i)
	return revived
}

// answerInvitation is PUT /v2/images/{id}/members/{member}.
func (d *driver) answerInvitation(id, member, status string) {
	d.t.Helper()
	d.get(id)
	rows := d.members(id, member, false)
	if len(rows) != 1 {
		d.t.Fatalf("memberships: %v", rows)
	}
	values := object{"image_id": id, "member": member, "status": status, "created_at": rows[0]["created_at"]}
	if saved := d.one("image_member_update", object{"memb_id": rows[0]["id"], "values": values}); saved["status"] != status {
		d.t.Errorf("member: %v", saved)
	}
}

// removeMember is DELETE /v2/images/{id}/members/{member}.
func (d *driver) removeMember(id, member string) {
	d.t.Helper()
	i := d.get(id)
	d.null("image_member_delete", object{"memb_id": d.members(id, member, false)[0]["id"]})
	d.setACLs(i)
}

// lifeOfAMembership shares an image, and again after it was unshared.
func lifeOfAMembership(d *driver, id string) {
	if d.addMember(id, "t2") {
		d.t.Error("a new membership was there before")
	}
	d.answerInvitation(id, "t2", "accepted")
	if rows := d.members(id, nil, false); len(rows) != 1 || rows[0]["status"] != "accepted" {
		d.t.Errorf("members: %v", rows)
	}
	d.removeMember(id, "t2")
	if rows := d.members(id, nil, false); len(rows) != 0 {
		d.t.Errorf("members that are left: %v", rows)
	}
	if !d.addMember(id, "t2") {
		d.t.Error("a deleted membership was not found")
	}
	if count := d.call("image_member_count", object{"image_id": id}); count != 1.0 {
		d.t.Errorf("%v members", count)
	}
}

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
