package authorization

import (
	"github.com/glancegate/glancegate/registry/access"
)

// memberProbes are about the members of the shared image, or of the one that its
// members may share.
var memberProbes = map[string]probe{
	"image_member_create: anybody":                                    {kwargs: joining("t-new")},
	"image_member_create: where one may share":                        {kwargs: given(object{"values": object{"image_id": sharableImage, "member": "t-new"}})},
	"image_member_create: with an answer":                             {kwargs: given(object{"values": object{"image_id": sharedImage, "member": "t-new", "status": "accepted"}})},
	"image_member_update: `status` of one's own, to one that is none": {kwargs: answering(ownRow, object{"status": "other"})},
	"image_member_update: that was deleted, as accepted":              {kwargs: given(object{"memb_id": deletedRow, "values": object{}})},
	"image_member_find: one that was deleted":                         {shows: "t-accepted", kwargs: given(object{"image_id": publicImage, "include_deleted": true})},
	"image_member_update: `status` of one's own":                      {kwargs: answering(ownRow, object{"status": "rejected"})},
	"image_member_update: `status` where one may share":               {kwargs: answering(ownSharableRow, object{"status": "rejected"})},
	"image_member_update: `status` of another's":                      {kwargs: answering(othersRow, object{"status": "rejected"})},
	"image_member_update: `can_share` of one's own":                   {kwargs: answering(ownRow, object{"status": "accepted", "can_share": true})},
	"image_member_update: `member` of one's own":                      {kwargs: answering(ownRow, object{"member": "t-new"})},
	"image_member_update: to another project's image":                 {kwargs: answering(ownRow, object{"image_id": othersImage})},
	"image_member_delete: one's own":                                  {kwargs: func(c *access.Caller) object { return object{"memb_id": ownRow(c)} }},
	"image_member_delete: another's":                                  {kwargs: func(c *access.Caller) object { return object{"memb_id": othersRow(c)} }},
	"image_member_find: one's own":                                    {shows: "t-", kwargs: finding(ownRow)},
	"image_member_find: another's":                                    {shows: "t-", kwargs: finding(othersRow)},
	"image_member_count: of a shared image":                           {reads: true, kwargs: given(object{"image_id": sharedImage})},
}

// ownRow is the caller's membership of the shared image; those who have none try
// an accepted one.
func ownRow(c *access.Caller) int {
	if c.Owner.V == pending {
		return pendingRow
	}
	return acceptedRow
}

// othersRow is a membership that is never the caller's.
func othersRow(c *access.Caller) int {
	if c.Owner.V == pending {
		return acceptedRow
	}
	return pendingRow
}

func ownSharableRow(c *access.Caller) int {
	return ownRow(c) + acceptedRowOfSharable - acceptedRow
}

func joining(member string) func(*access.Caller) object {
	return given(object{"values": object{"image_id": sharedImage, "member": member}})
}

func answering(row func(*access.Caller) int, values object) func(*access.Caller) object {
	return func(c *access.Caller) object { return object{"memb_id": row(c), "values": values} }
}

func finding(row func(*access.Caller) int) func(*access.Caller) object {
	member := map[int]string{acceptedRow: accepted, pendingRow: pending}
	return func(c *access.Caller) object { return object{"image_id": sharedImage, "member": member[row(c)]} }
}
