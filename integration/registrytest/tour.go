package registrytest

import (
	"maps"
	"net/http"
	"slices"
)

// Tour uses every operation of registry v1 on an image of its own and checks
// what each says.
func (r *Registry) Tour() {
	r.t.Helper()
	owner, friend := Member("t-owner"), Member("t-friend")
	image := r.RespondTo("POST /images").As(owner).JSON(Object{"image": Object{
		"name": "tour", "status": "queued", "size": 5, "min_ram": 64, "protected": true, "checksum": "c",
		"disk_format": "raw", "container_format": "bare", "virtual_size": 6, "os_hidden": true,
		"os_hash_algo": "sha512", "os_hash_value": "abc", "created_at": "2026-01-02T03:04:05",
		"properties": Object{"a": "1", "b": nil}, "location": "file:///first",
	}}).ExpectImage()
	path := "/images/" + image.ID
	r.expect(image.CreatedAt == "2026-01-02T03:04:05.000000" && len(image.LocationData) == 1 && !image.IsPublic, "create", image)

	image = r.RespondTo("PUT "+path).As(owner).With("X-Glance-Registry-Purge-Props", "true").JSON(Object{
		"from_state": "queued",
		"image": Object{
			"status": "active", "name": nil, "properties": Object{"c": "3"},
			"location_data": []Object{{"url": "file:///second", "metadata": Object{"x": 1}, "status": "active"}},
		},
	}).ExpectImage()
	r.expect(image.Name == nil && image.Status == "active" && *image.Size == 5 && *image.Location == "file:///second" &&
		slices.Equal(slices.Collect(maps.Keys(image.Properties)), []string{"c"}), "update", image)
	r.RespondTo("PUT " + path).As(owner).JSON(Object{"from_state": "queued", "image": Object{}}).Expect(http.StatusConflict)

	r.RespondTo("PUT " + path + "/members/t-friend").As(owner).Expect(http.StatusNoContent)
	r.RespondTo("PUT " + path + "/members").As(owner).JSON(Object{"memberships": []Object{
		{"member_id": "t-friend", "can_share": true}, {"member_id": "t-other"},
	}}).Expect(http.StatusNoContent)
	r.RespondTo("DELETE " + path + "/members/t-other").As(owner).Expect(http.StatusNoContent)
	members := r.RespondTo("GET " + path + "/members").As(owner).ExpectMembers()
	r.expect(maps.Equal(members, map[string]bool{"t-friend": true}), "members", members)
	r.RespondTo("GET /shared-images/t-friend").As(friend).Expect(http.StatusOK)

	for _, request := range []string{
		"GET /images?name=in:x,y&status=active&min_ram=64",
		"GET /images/detail?property-c=3&size_min=5&size_max=5&sort_key=size&sort_dir=asc&protected=true",
		"GET /images/detail?changes-since=2026-01-02&disk_format=raw&container_format=eq:bare",
		"GET /images/detail?marker=" + image.ID,
	} {
		r.RespondTo(request).As(friend).ExpectImages()
	}
	listed := IDs(r.RespondTo("GET /images/detail?property-c=3&size_min=5").As(friend).ExpectImages())
	r.expect(slices.Contains(listed, image.ID), "list", listed)
	r.RespondTo("GET /images?is_public=false&deleted=false").ExpectImages()

	shown := r.RespondTo("GET " + path).As(friend).ExpectImage()
	r.expect(shown.ID == image.ID && shown.MinRAM == 64 && shown.Protected, "show", shown)
	r.RespondTo("DELETE " + path).As(friend).Expect(http.StatusNotFound)
	gone := r.RespondTo("DELETE " + path).As(owner).ExpectImage()
	r.expect(gone.Deleted && gone.DeletedAt != nil && len(gone.Properties) == 0, "delete", gone)
	r.RespondTo("GET " + path).As(owner).Expect(http.StatusNotFound)
	r.RespondTo("GET " + path).ExpectImage()
}

func (r *Registry) expect(ok bool, operation string, got any) {
	r.t.Helper()
	if !ok {
		r.t.Errorf("%s: %+v", operation, got)
	}
}
