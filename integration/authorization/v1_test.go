package authorization

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
