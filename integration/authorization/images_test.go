package authorization

import (
	"github.com/glancegate/glancegate/registry/access"
)

var imageProbes = map[string]probe{
	"image_get: a shared image":                                    {reads: true, kwargs: given(object{"image_id": sharedImage})},
	"image_get: a private image":                                   {reads: true, kwargs: given(object{"image_id": privateImage})},
	"image_get: a public image":                                    {reads: true, kwargs: given(object{"image_id": publicImage})},
	"image_get: a community image":                                 {reads: true, kwargs: given(object{"image_id": communityImage})},
	"image_get: an image without owner":                            {reads: true, kwargs: given(object{"image_id": ownerlessImage})},
	"image_get: a deleted image":                                   {reads: true, kwargs: given(object{"image_id": deletedImage})},
	"image_get: with `force_show_deleted`":                         {reads: true, kwargs: given(object{"image_id": deletedImage, "force_show_deleted": true})},
	"is_image_visible: any image":                                  {reads: true, kwargs: described},
	"is_image_mutable: any image":                                  {reads: true, kwargs: described},
	"user_get_storage_usage: of the owner":                         {reads: true, kwargs: given(object{"owner_id": owning})},
	"image_get_all: a shared image":                                {shows: sharedImage, kwargs: listing(nil)},
	"image_get_all: a shared image, with `member_status` pending":  {shows: sharedImage, kwargs: listing(object{"member_status": "pending"})},
	"image_get_all: a private image":                               {shows: privateImage, kwargs: listing(nil)},
	"image_get_all: a public image":                                {shows: publicImage, kwargs: listing(nil)},
	"image_get_all: a community image":                             {shows: communityImage, kwargs: listing(nil)},
	"image_get_all: a community image, with that filter":           {shows: communityImage, kwargs: listing(object{"filters": object{"visibility": "community"}})},
	"image_get_all: an image without owner":                        {shows: ownerlessImage, kwargs: listing(nil)},
	"image_get_all: a deleted image":                               {shows: deletedImage, kwargs: listing(nil)},
	"image_create: of one's own":                                   {kwargs: creating(nil)},
	"image_create: for another project":                            {kwargs: creating(object{"owner": "t-another"})},
	"image_create: for a project by number":                        {kwargs: creating(object{"owner": 5})},
	"image_create: with a location":                                {kwargs: creating(object{"locations": locations})},
	"image_create: from a named peer":                              {kwargs: creating(object{"locations": locations}), namedPeer: true},
	"image_update: a shared image":                                 {kwargs: updating(sharedImage, object{"name": "new"})},
	"image_update: a public image":                                 {kwargs: updating(publicImage, object{"name": "new"})},
	"image_update: an image without owner":                         {kwargs: updating(ownerlessImage, object{"name": "new"})},
	"image_update: giving it away":                                 {kwargs: updating(publicImage, object{"owner": "t-another"})},
	"image_update: with a location":                                {kwargs: updating(sharedImage, object{"locations": locations})},
	"image_update: from a named peer":                              {kwargs: updating(sharedImage, object{"locations": locations}), namedPeer: true},
	"image_destroy: a shared image":                                {kwargs: given(object{"image_id": sharedImage})},
	"image_destroy: a public image":                                {kwargs: given(object{"image_id": publicImage})},
	"image_get: a deleted public image, with `force_show_deleted`": {reads: true, kwargs: given(object{"image_id": deletedPublicImage, "force_show_deleted": true})},
	"image_get: locations of a shared image":                       {shows: "file:///shared", kwargs: given(object{"image_id": sharedImage})},
	"image_get: locations of a public image":                       {shows: "file:///public", kwargs: given(object{"image_id": publicImage})},
	"image_get: deleted properties of a public image":              {shows: "was a secret", kwargs: given(object{"image_id": publicImage})},
	"image_get: locations of a deactivated image":                  {shows: "file:///deactivated", kwargs: given(object{"image_id": deactivatedImage})},
	"image_get_all: a deleted public image":                        {shows: deletedPublicImage, kwargs: listing(nil)},
	"image_get_all: locations of a public image":                   {shows: "file:///public", kwargs: listing(nil)},
	"image_create: publishing it":                                  {kwargs: creating(object{"visibility": "public"})},
	"image_create: with another `status` than queued":              {kwargs: creating(object{"status": "active"})},
	"image_create: with a `checksum`":                              {kwargs: creating(object{"checksum": "c"})},
	"image_create: with a `size`":                                  {kwargs: creating(object{"size": 1})},
	"image_create: with a `virtual_size`":                          {kwargs: creating(object{"virtual_size": 1})},
	"image_create: with an `os_hash_value`":                        {kwargs: creating(object{"os_hash_value": "h"})},
	"image_create: with `created_at`":                              {kwargs: creating(object{"created_at": longAgo})},
	"image_create: with `deleted`":                                 {kwargs: creating(object{"deleted": true})},
	"image_create: with a reserved property":                       {kwargs: creating(object{"properties": object{"direct_url": "rbd://x"}})},
	"image_update: publishing it":                                  {kwargs: updating(sharedImage, object{"visibility": "public"})},
	"image_update: making it a community image":                    {kwargs: updating(sharedImage, object{"visibility": "community"})},
	"image_update: reactivating it":                                {kwargs: updating(deactivatedImage, object{"status": "active"})},
	"image_update: deactivating it":                                {kwargs: updating(sharedImage, object{"status": "deactivated"})},
	"image_update: `checksum`":                                     {kwargs: updating(sharedImage, object{"checksum": "c"})},
	"image_update: `size`":                                         {kwargs: updating(sharedImage, object{"size": 6})},
	"image_update: `virtual_size`":                                 {kwargs: updating(sharedImage, object{"virtual_size": 6})},
	"image_update: `os_hash_value`":                                {kwargs: updating(sharedImage, object{"os_hash_value": "h"})},
	"image_update: `disk_format` of an active image":               {kwargs: updating(sharedImage, object{"disk_format": "iso"})},
	"image_update: `protected`":                                    {kwargs: updating(sharedImage, object{"protected": true})},
	"image_update: a reserved property":                            {kwargs: updating(sharedImage, object{"properties": object{"os_glance_stage_host": "http://other"}})},
	"image_update: what it is already":                             {kwargs: updating(publicImage, object{"visibility": "public", "status": "active", "size": 5, "name": "new", "checksum": nil})},
	"image_destroy: a protected image":                             {kwargs: given(object{"image_id": protectedImage})},
	"image_restore: a public image that waits for its deletion":    {kwargs: given(object{"image_id": waitingImage})},
	"image_restore: a deleted image":                               {kwargs: given(object{"image_id": deletedImage})},
}

var locations = []object{{"url": "file:///etc/shadow", "metadata": object{}, "status": "active"}}

var longAgo = object{"_type": "datetime", "_value": "2016-01-01T00:00:00"}

func described(*access.Caller) object {
	return object{"image": object{"id": sharedImage, "owner": owning, "visibility": "shared"}}
}

func listing(kwargs object) func(*access.Caller) object {
	return func(*access.Caller) object {
		all := object{"limit": 1000}
		for name, v := range kwargs {
			all[name] = v
		}
		return all
	}
}

func creating(values object) func(*access.Caller) object {
	return func(c *access.Caller) object {
		all := object{"id": newID, "status": "queued", "visibility": "private", "owner": own(c)}
		for name, v := range values {
			all[name] = v
		}
		return object{"values": all}
	}
}

func updating(id string, values object) func(*access.Caller) object {
	return given(object{"image_id": id, "values": values})
}

// childProbes are about the children of the shared image.
var childProbes = map[string]probe{
	"image_property_create: of a shared image": {kwargs: given(object{"values": object{"image_id": sharedImage, "name": "k", "value": "v"}})},
	"image_property_delete: of a shared image": {kwargs: given(object{"image_ref": sharedImage, "prop_ref": "os"})},

	"image_property_create: that is reserved":    {kwargs: given(object{"values": object{"image_id": sharedImage, "name": "direct_url", "value": "rbd://x"}})},
	"image_property_delete: of glance-api's own": {kwargs: given(object{"image_ref": sharedImage, "prop_ref": "os_glance_stage_host"})},

	"image_tag_create: of a shared image":      {kwargs: given(object{"image_id": sharedImage, "value": "red"})},
	"image_tag_delete: of a shared image":      {kwargs: given(object{"image_id": sharedImage, "value": "blue"})},
	"image_tag_set_all: of a shared image":     {kwargs: given(object{"image_id": sharedImage, "tags": []string{"red"}})},
	"image_tag_set_all: to those that it has":  {reads: true, kwargs: given(object{"image_id": sharedImage, "tags": []string{"blue"}})},
	"image_tag_get_all: of a shared image":     {reads: true, kwargs: given(object{"image_id": sharedImage})},
	"image_tag_get_all: of a private image":    {reads: true, kwargs: given(object{"image_id": privateImage})},
	"image_location_add: to a shared image":    {kwargs: given(object{"image_id": sharedImage, "location": locations[0]})},
	"image_location_add: from a named peer":    {kwargs: given(object{"image_id": sharedImage, "location": locations[0]}), namedPeer: true},
	"image_location_update: of a shared image": {kwargs: given(object{"image_id": sharedImage, "location": relocated})},
	"image_location_update: from a named peer": {kwargs: given(object{"image_id": sharedImage, "location": relocated}), namedPeer: true},
	"image_location_delete: of a shared image": {kwargs: given(object{"image_id": sharedImage, "location_id": locationRow, "status": "deleted"})},
}

var relocated = object{"id": locationRow, "url": "file:///etc/shadow", "metadata": object{}, "status": "active"}

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

// v1Probes are about registry v1.
var v1Probes = map[string]probe{
	"GET /: a shared image":                                      {path: "/", shows: sharedImage},
	"GET /images: a shared image":                                {path: "/images", shows: sharedImage},
	"GET /images: with `is_public=none`":                         {path: "/images?is_public=none", shows: sharedImage},
	"GET /images: a private image":                               {path: "/images", shows: privateImage},
	"GET /images: a public image":                                {path: "/images", shows: publicImage},
	"GET /images: a community image":                             {path: "/images", shows: communityImage},
	"GET /images: a deleted image":                               {path: "/images?deleted=true&is_public=none", shows: deletedImage},
	"GET /images: a deleted public image, with `changes-since`":  {path: "/images?changes-since=2020-01-01T00:00:00Z", shows: deletedPublicImage},
	"GET /images/detail: locations of a public image":            {path: "/images/detail", shows: "file:///public"},
	"GET /images/{id}: locations of a public image":              {path: "/images/" + publicImage, shows: "file:///public"},
	"GET /images/{id}: `os_glance_stage_host` of a public image": {path: "/images/" + publicImage, shows: "http://staging"},
	"GET /images/{id}: locations of a deactivated image":         {path: "/images/" + deactivatedImage, shows: "file:///deactivated"},
	"GET /images/detail: a shared image":                         {path: "/images/detail", shows: sharedImage},

	"GET /images/{id}: a shared image":         {path: "/images/" + sharedImage, reads: true},
	"GET /images/{id}: a private image":        {path: "/images/" + privateImage, reads: true},
	"GET /images/{id}: a public image":         {path: "/images/" + publicImage, reads: true},
	"GET /images/{id}: a community image":      {path: "/images/" + communityImage, reads: true},
	"GET /images/{id}: an image without owner": {path: "/images/" + ownerlessImage, reads: true},
	"GET /images/{id}: a deleted image":        {path: "/images/" + deletedImage, reads: true},

	"POST /images: an image":          {path: "/images", body: image(object{"id": newID})},
	"POST /images: with a location":   {path: "/images", body: image(object{"id": newID, "location": "file:///etc/shadow"})},
	"POST /images: from a named peer": {path: "/images", body: image(object{"id": newID, "location": "file:///etc/shadow"}), namedPeer: true},

	"POST /images: publishing it":                     {path: "/images", body: image(object{"id": newID, "is_public": true})},
	"POST /images: with another `status` than queued": {path: "/images", body: image(object{"id": newID, "status": "active"})},
	"POST /images: with a `checksum`":                 {path: "/images", body: image(object{"id": newID, "checksum": "c"})},
	"POST /images: with a `size`":                     {path: "/images", body: image(object{"id": newID, "size": 1})},
	"POST /images: with a reserved property":          {path: "/images", body: image(object{"id": newID, "properties": object{"direct_url": "rbd://x"}})},
	"PUT /images/{id}: publishing it":                 {path: "/images/" + sharedImage, body: image(object{"is_public": true})},
	"PUT /images/{id}: reactivating it":               {path: "/images/" + deactivatedImage, body: image(object{"status": "active"})},
	"PUT /images/{id}: `checksum`":                    {path: "/images/" + sharedImage, body: image(object{"checksum": "c"})},
	"PUT /images/{id}: `size`":                        {path: "/images/" + sharedImage, body: image(object{"size": 6})},
	"PUT /images/{id}: a reserved property":           {path: "/images/" + sharedImage, body: image(object{"properties": object{"direct_url": "rbd://x"}})},
	"DELETE /images/{id}: a protected image":          {path: "/images/" + protectedImage},
	"PUT /images/{id}: a shared image":                {path: "/images/" + sharedImage, body: image(object{"name": "new"})},
	"PUT /images/{id}: a public image":                {path: "/images/" + publicImage, body: image(object{"name": "new"})},
	"PUT /images/{id}: an image without owner":        {path: "/images/" + ownerlessImage, body: image(object{"name": "new"})},
	"PUT /images/{id}: with a location":               {path: "/images/" + sharedImage, body: image(object{"location": "file:///etc/shadow"})},
	"PUT /images/{id}: from a named peer":             {path: "/images/" + sharedImage, body: image(object{"location": "file:///etc/shadow"}), namedPeer: true},
	"DELETE /images/{id}: a shared image":             {path: "/images/" + sharedImage},
	"DELETE /images/{id}: a public image":             {path: "/images/" + publicImage},

	"GET /images/{id}/members: of a shared image":               {path: "/images/" + sharedImage + "/members", reads: true},
	"GET /images/{id}/members: an accepted member":              {path: "/images/" + sharedImage + "/members", shows: accepted},
	"POST /images/{id}/members: anything":                       {path: "/images/" + sharedImage + "/members", body: object{}},
	"PUT /images/{id}/members: of a shared image":               {path: "/images/" + sharedImage + "/members", body: membership},
	"PUT /images/{id}/members: where one may share":             {path: "/images/" + sharableImage + "/members", body: membership},
	"GET /images/{id}/members/{member}: anything":               {path: "/images/" + sharedImage + "/members/" + accepted, reads: true},
	"PUT /images/{id}/members/{member}: of a shared image":      {path: "/images/" + sharedImage + "/members/t-new"},
	"PUT /images/{id}/members/{member}: where one may share":    {path: "/images/" + sharableImage + "/members/t-new"},
	"DELETE /images/{id}/members/{member}: of a shared image":   {path: "/images/" + sharedImage + "/members/" + accepted},
	"DELETE /images/{id}/members/{member}: where one may share": {path: "/images/" + sharableImage + "/members/" + accepted},
	"GET /shared-images/{member}: of an accepted member":        {path: "/shared-images/" + accepted, shows: sharedImage},
}

var membership = object{"memberships": []object{{"member_id": "t-new"}}}

func image(values object) object { return object{"image": values} }
