package agreement

import (
	"encoding/json"
	"net/http"
	"reflect"

	"pgregory.net/rapid"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
)

// commandImage is an image as image_get shows it.
type commandImage struct {
	registrytest.Image
	Visibility string
	CreatedAt  *commandTime `json:"created_at"`
	UpdatedAt  *commandTime `json:"updated_at"`
	DeletedAt  *commandTime `json:"deleted_at"`
	Properties []struct {
		Name    string
		Value   *string
		Deleted bool
	} `json:"properties"`
	Locations []registrytest.Location
}

type commandTime struct {
	Value string `json:"_value"`
}

func (t *commandTime) inV1() *string {
	if t == nil {
		return nil
	}
	text := t.Value + ".000000"
	return &text
}

// inV1 is the image as registry v1 has to show it.
func (i *commandImage) inV1() registrytest.Image {
	v1 := i.Image
	v1.IsPublic = i.Visibility == "public"
	v1.CreatedAt = *i.CreatedAt.inV1()
	v1.UpdatedAt, v1.DeletedAt = i.UpdatedAt.inV1(), i.DeletedAt.inV1()
	v1.Properties = map[string]*string{}
	for _, p := range i.Properties {
		if !p.Deleted {
			v1.Properties[p.Name] = p.Value
		}
	}
	v1.LocationData = i.Locations
	for _, l := range i.Locations {
		if l.Status == "active" && v1.Location == nil {
			v1.Location = &l.URL
		}
	}
	return v1
}

// compareImage reads an image over both APIs.
func (e *ensemble) compareImage(t *rapid.T) {
	id, caller := imageID(t), drawCaller(t)
	for _, m := range e.members {
		get := rpctest.Command{Name: "image_get", Kwargs: object{"image_id": id}}
		a := m.node.Request(e.t.Context(), caller, get)[0]
		v1 := m.v1.RespondTo("GET /images/" + id).As(caller).Answer()
		if a.Error != nil || v1.Status != http.StatusOK {
			if a.Error == nil || v1.Status != http.StatusNotFound {
				t.Fatalf("%s: %v\nv1: %v", m.db.Dialect, a, v1)
			}
			continue
		}
		var image commandImage
		var body struct{ Image registrytest.Image }
		decode(t, a.Result, &image)
		decode(t, v1.Body, &body)
		if want := image.inV1(); !reflect.DeepEqual(body.Image, want) {
			t.Fatalf("%s: %s\nv1: %s", m.db.Dialect, a.Result, v1.Body)
		}
	}
}

// compareLists reads the same list over both APIs. Registry v1 takes memberships
// of any status, and shows admins everything only where they ask for it.
func (e *ensemble) compareLists(t *rapid.T) {
	caller := drawCaller(t)
	list := rpctest.Command{Name: "image_get_all", Kwargs: object{
		"filters": object{"deleted": false}, "member_status": "all", "limit": registrytest.DefaultPage,
	}}
	path := "/images/detail"
	if caller.Admin {
		path += "?is_public=none"
	}
	for _, m := range e.members {
		a := m.node.Request(e.t.Context(), caller, list)[0]
		v1 := m.v1.RespondTo("GET " + path).As(caller).Answer()
		var images []commandImage
		var body struct{ Images []registrytest.Image }
		decode(t, a.Result, &images)
		decode(t, v1.Body, &body)
		var want []registrytest.Image
		for _, i := range images {
			want = append(want, i.inV1())
		}
		if len(want)+len(body.Images) > 0 && !reflect.DeepEqual(body.Images, want) {
			t.Fatalf("%s: %s\nv1: %s", m.db.Dialect, a.Result, v1.Body)
		}
	}
}

func decode(t *rapid.T, text []byte, v any) {
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}
