package publicreads

import (
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/internal/pyjson"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// The record of an image, and what Glance 25.1 shows of it where the configuration
// lets it show all locations.
func example() *records.Image {
	at := time.Date(2026, 11, 28, 12, 0, 1, 999_000_000, time.UTC)
	return &records.Image{
		ID: id, Name: records.NullOf("ä"), Status: "active", Visibility: "shared", Owner: records.NullOf("p"),
		DiskFormat: records.NullOf("raw"), ContainerFormat: records.NullOf("bare"), Checksum: records.NullOf("c"),
		Size: records.NullOf(int64(4)), MinDisk: 1, Stamps: records.Stamps{CreatedAt: at, UpdatedAt: records.NullOf(at)},
		Properties: []records.Property{
			{Name: "os_type", Value: records.NullOf("linux")}, {Name: "empty"}, {Name: "owner", Value: records.NullOf("shadowed")},
			{Name: "gone", Value: records.NullOf("x"), Stamps: records.Stamps{Deleted: true}},
			{Name: "os_glance_stage_host", Value: records.NullOf("node-1")},
		},
		Locations: []records.Location{
			{URL: "file:///a", Metadata: records.NullOf(`{"store": "fast", "x": {"b": 1, "a": [2]}}`), Status: "active"},
			{URL: "file:///b", Metadata: records.NullOf("{}"), Status: "deleted", Stamps: records.Stamps{Deleted: true}},
		},
		Tags:    []records.Tag{{Value: "a"}, {Value: "b"}, {Value: "gone", Stamps: records.Stamps{Deleted: true}}},
		Members: []records.Member{{ImageID: id, Member: "q", Status: "accepted", Stamps: records.Stamps{CreatedAt: at, UpdatedAt: records.NullOf(at)}}},
	}
}

const shown = `{"os_type": "linux", "empty": "", "name": "\u00e4", "disk_format": "raw", "container_format": "bare", "visibility": "shared",
	"size": 4, "virtual_size": null, "status": "active", "checksum": "c", "protected": false, "min_ram": 0, "min_disk": 1, "owner": "p",
	"os_hidden": false, "os_hash_algo": null, "os_hash_value": null, "id": "` + id + `", "created_at": "2026-11-28T12:00:01Z",
	"updated_at": "2026-11-28T12:00:01Z", "locations": [{"url": "file:///a", "metadata": {"x": {"a": [2], "b": 1}, "store": "fast"}}],
	"direct_url": "file:///a", "tags": ["b", "a"], "self": "/v2/images/` + id + `", "file": "/v2/images/` + id + `/file",
	"schema": "/v2/schemas/image", "stores": "fast"}`

func decoded(t testing.TB, text string) any {
	t.Helper()
	v, err := pyjson.Decode([]byte(text), maxDepth)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestImageAsItIs(t *testing.T) {
	for what, text := range map[string]string{
		"all":                shown,
		"no locations":       strings.Replace(shown, `"locations": [{"url": "file:///a", "metadata": {"x": {"a": [2], "b": 1}, "store": "fast"}}],`, "", 1),
		"no direct_url":      strings.Replace(shown, `"direct_url": "file:///a",`, "", 1),
		"no stores":          strings.Replace(shown, `, "stores": "fast"`, "", 1),
		"release before":     strings.Replace(shown, `"os_hidden": false, "os_hash_algo": null, "os_hash_value": null,`, "", 1),
		"null as a property": strings.Replace(shown, `"empty": ""`, `"empty": null`, 1),
		"hidden is shown":    strings.Replace(shown, `"empty"`, `"os_glance_stage_host": "node-1", "empty"`, 1),
	} {
		if !new(shape).image(decoded(t, text), example(), false) {
			t.Errorf("%s: refused", what)
		}
	}
}

func TestImageThatDiffers(t *testing.T) {
	for from, to := range map[string]string{
		`"name": "\u00e4"`:           `"name": "b"`,
		`"size": 4`:                  `"size": "4"`,
		`"virtual_size": null`:       `"virtual_size": 0`,
		`"virtual_size": null,`:      "",
		`"protected": false`:         `"protected": true`,
		`"owner": "p"`:               `"owner": "shadowed"`,
		`"created_at": "2026-11-28T`: `"created_at": "2026-11-27T`,
		`12:00:01Z", "locations`:     `12:00:02Z", "locations`,
		`"os_type": "linux"`:         `"os_type": "Linux"`,
		`"os_type": "linux",`:        "",
		`"empty": "",`:               `"empty": "", "added": "x",`,
		`"empty": ""`:                `"empty": "", "gone": "x"`,
		`"empty"`:                    `"os_glance_stage_host": "node-2", "empty"`,
		`["b", "a"]`:                 `["b"]`,
		`["b", "a"],`:                `["b", "a", "gone"],`,
		`"tags": ["b", "a"],`:        "",
		`[{"url": "file:///a"`:       `[{"url": "file:///b"`,
		`"a": [2]`:                   `"a": [3]`,
		`[{"url": "file:///a", "metadata": {"x": {"a": [2], "b": 1}, "store": "fast"}}]`: `[]`,
		`"direct_url": "file:///a"`: `"direct_url": "file:///b"`,
		`"stores": "fast"`:          `"stores": "slow"`,
		`"schema": "/v2/schemas/im`: `"schema": "/v3/schemas/im`,
	} {
		text := strings.Replace(shown, from, to, 1)
		if text == shown {
			t.Fatalf("%s is not there", from)
		}
		if new(shape).image(decoded(t, text), example(), false) {
			t.Errorf("%s instead of %s is taken", to, from)
		}
	}
	for what, change := range map[string]func(*records.Image){
		"deleted":              func(i *records.Image) { i.Deleted = true },
		"never updated":        func(i *records.Image) { i.UpdatedAt.Valid = false },
		"deactivated":          func(i *records.Image) { i.Status = "deactivated" },
		"encrypted":            func(i *records.Image) { i.Locations[0].URL = "gAAAAAB" },
		"a property locations": func(i *records.Image) { i.Properties[1].Name = "locations" },
	} {
		i := example()
		change(i)
		if new(shape).image(decoded(t, shown), i, false) {
			t.Errorf("%s: taken", what)
		}
	}
}

// Others than admins see no location of a deactivated image.
func TestDeactivatedImage(t *testing.T) {
	i := example()
	i.Status = "deactivated"
	admin := strings.Replace(shown, `"status": "active"`, `"status": "deactivated"`, 1)
	user := strings.NewReplacer(`[{"url": "file:///a", "metadata": {"x": {"a": [2], "b": 1}, "store": "fast"}}]`, "[]",
		`"direct_url": "file:///a", `, "", `, "stores": "fast"`, "").Replace(admin)
	for _, c := range []struct {
		text        string
		admin, want bool
	}{{admin, true, true}, {admin, false, false}, {user, false, true}, {user, true, false}} {
		if got := new(shape).image(decoded(t, c.text), i, c.admin); got != c.want {
			t.Errorf("admin: %v: %v, want %v: %s", c.admin, got, c.want, c.text)
		}
	}
}

// What an answer has shown once must not be missing in a later one.
func TestShapeIsLearned(t *testing.T) {
	s := new(shape)
	without := strings.Replace(shown, `"direct_url": "file:///a",`, "", 1)
	for n, c := range []struct {
		text string
		want bool
	}{{without, true}, {shown, true}, {without, false}} {
		if got := s.image(decoded(t, c.text), example(), false); got != c.want {
			t.Errorf("%d: %v", n, got)
		}
	}
}

func TestMembers(t *testing.T) {
	one := `{"member_id": "q", "image_id": "` + id + `", "status": "accepted", "created_at": "2026-11-28T12:00:01Z", "updated_at": "2026-11-28T12:00:01Z",
		"schema": "/v2/schemas/member"}`
	list := func(members string) any {
		return decoded(t, `{"members": [`+members+`], "schema": "/v2/schemas/members"}`)
	}
	owner, guest, stranger := caller("p"), caller("q"), caller("r")
	for n, c := range []struct {
		members string
		of      *access.Caller
		want    bool
	}{
		{one, owner, true}, {one, guest, true}, {one, stranger, false}, {"", stranger, true}, {"", owner, false}, {one + "," + one, owner, false},
		{strings.Replace(one, "accepted", "pending", 1), owner, false},
	} {
		if got := members(list(c.members), example(), c.of); got != c.want {
			t.Errorf("%d: %v", n, got)
		}
	}
	gone := example()
	gone.Members[0].Deleted = true
	if members(list(one), gone, owner) || member(decoded(t, one), gone, owner, "q") || member(decoded(t, one), example(), stranger, "q") ||
		!member(decoded(t, one), example(), guest, "q") || !member(decoded(t, one), example(), owner, "q") {
		t.Error("a single member is judged wrongly")
	}
}

func caller(project string) *access.Caller { return &access.Caller{Owner: records.NullOf(project)} }
