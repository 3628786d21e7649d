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
