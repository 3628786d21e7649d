package authorization

// v1Probes are about registry v1.
var v1Probes = map[string]probe{
	"GET /: a shared image":              {path: "/", shows: sharedImage},
	"GET /images: a shared image":        {path: "/images", shows: sharedImage},
	"GET /images: with `is_public=none`": {path: "/images?is_public=none", shows: sharedImage},
	"GET /images: a private image":       {path: "/images", shows: privateImage},
	"GET /images: a public image":        {path: "/images", shows: publicImage},
	"GET /images: a community image":     {path: "/images", shows: communityImage},
	"GET /images: a deleted image":       {path: "/images?deleted=true&is_public=none", shows: deletedImage},
	"GET /images/detail: a shared image": {path: "/images/detail", shows: sharedImage},

	"GET /images/{id}: a shared image":         {path: "/images/" + sharedImage, reads: true},
	"GET /images/{id}: a private image":        {path: "/images/" + privateImage, reads: true},
	"GET /images/{id}: a public image":         {path: "/images/" + publicImage, reads: true},
	"GET /images/{id}: a community image":      {path: "/images/" + communityImage, reads: true},
	"GET /images/{id}: an image without owner": {path: "/images/" + ownerlessImage, reads: true},
	"GET /images/{id}: a deleted image":        {path: "/images/" + deletedImage, reads: true},

	"POST /images: an image":          {path: "/images", body: image(object{"id": newID})},
	"POST /images: with a location":   {path: "/images", body: image(object{"id": newID, "location": "file:///etc/shadow"})},
	"POST /images: from a named peer": {path: "/images", body: image(object{"id": newID, "location": "file:///etc/shadow"}), namedPeer: true},

	"PUT /images/{id}: a shared image":         {path: "/images/" + sharedImage, body: image(object{"name": "new"})},
	"PUT /images/{id}: a public image":         {path: "/images/" + publicImage, body: image(object{"name": "new"})},
	"PUT /images/{id}: an image without owner": {path: "/images/" + ownerlessImage, body: image(object{"name": "new"})},
	"PUT /images/{id}: with a location":        {path: "/images/" + sharedImage, body: image(object{"location": "file:///etc/shadow"})},
	"PUT /images/{id}: from a named peer":      {path: "/images/" + sharedImage, body: image(object{"location": "file:///etc/shadow"}), namedPeer: true},
	"DELETE /images/{id}: a shared image":      {path: "/images/" + sharedImage},
	"DELETE /images/{id}: a public image":      {path: "/images/" + publicImage},

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
