package glanceapi

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
