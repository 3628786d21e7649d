// Package checkorder sends requests with several faults and looks at which of
// them is reported: existence, permission and state come before values, and a
// marker before the order and the limit of a list.
package checkorder

import (
	"net/http"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry"
)

func TestMain(m *testing.M) { registrytest.Main(m) }

type object = map[string]any

const (
	theirs  = "11111111-1111-4111-8111-111111111111" // of another project, public
	private = "22222222-2222-4222-8222-222222222222"
	unknown = "33333333-3333-4333-8333-333333333333"
)

// long is longer than any column.
var long = strings.Repeat("x", 300)

func newScene(t *testing.T, dialect servers.Kind) (*registrytest.Registry, *rpctest.Registry) {
	db := servers.NewDatabase(t, dialect)
	store := registrytest.Open(t, db)
	rpc := rpctest.Serve(t, &registry.Service{Store: store})
	for id, visibility := range map[string]string{theirs: "public", private: "private"} {
		rpc.Call("image_create", object{"values": object{"id": id, "status": "active", "owner": "t1", "visibility": visibility}}).OK()
	}
	rpc.Call("metadef_namespace_create", object{"values": object{"namespace": "N", "owner": "t1", "visibility": "private"}}).OK()
	return registrytest.Serve(t, store), rpc
}

// TestV1 has requests whose values are bad as well.
func TestV1(t *testing.T) {
	badValues := []object{
		{"name": long}, {"is_public": true, "visibility": "public"}, {"status": "odd"}, {"min_ram": "x"}, {"size": object{}}, {"protected": "x"},
		{"properties": 5}, {"properties": object{long: "x"}},
		{"location_data": []object{{"url": "\U0001f600", "metadata": object{}, "status": "active"}}},
	}
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			v1, _ := newScene(t, dialect)
			other, owner := registrytest.Member("t2"), registrytest.Member("t1")
			for _, values := range badValues {
				body := object{"image": values}
				v1.RespondTo("PUT /images/" + unknown).As(other).JSON(body).Expect(http.StatusNotFound)
				v1.RespondTo("PUT /images/" + private).As(other).JSON(body).Expect(http.StatusNotFound)
				v1.RespondTo("PUT /images/" + theirs).As(other).JSON(body).Expect(http.StatusForbidden)
				v1.RespondTo("PUT /images/" + theirs).As(owner).JSON(body).Expect(http.StatusBadRequest)
			}
			for _, values := range []object{{"name": long}, {"size": object{}}, {"properties": 5}, {"properties": object{long: "x"}}} {
				body := object{"image": values, "from_state": "queued"}
				v1.RespondTo("PUT /images/" + theirs).As(owner).JSON(body).Expect(http.StatusConflict)
				body["from_state"] = "active"
				v1.RespondTo("PUT /images/" + theirs).As(owner).JSON(body).Expect(http.StatusBadRequest)
			}
			v1.RespondTo("PUT /images/" + unknown).As(owner).JSON(object{"image": object{}, "from_state": object{"a": 1}}).Expect(http.StatusNotFound)
			for _, values := range []object{{"properties": 5}, {"properties": object{long: "x"}}} {
				values["id"], values["status"] = theirs, "active"
				v1.RespondTo("POST /images").As(owner).JSON(object{"image": values}).Expect(http.StatusConflict)
			}
			for _, body := range []any{object{}, object{"member": object{}}, object{"member": 5}} {
				v1.RespondTo("PUT /images/" + unknown + "/members/x").As(other).JSON(body).Expect(http.StatusNotFound)
				v1.RespondTo("PUT /images/" + theirs + "/members/x").As(other).JSON(body).Expect(http.StatusForbidden)
			}
			v1.RespondTo("PUT /images/" + theirs + "/members/" + long).As(other).Expect(http.StatusForbidden)
			v1.RespondTo("GET //").ExpectImages()
			v1.RespondTo("GET //images").Expect(http.StatusNotFound)
			a := v1.RespondTo("GET /images?marker=" + unknown + "&min_ram=x").Expect(http.StatusBadRequest)
			if !strings.Contains(string(a.Body), "Invalid marker. Image could not be found.") {
				t.Errorf("%s", a.Body)
			}
		})
	}
}

// TestRPC has commands with the class that the first fault has.
func TestRPC(t *testing.T) {
	bad := object{"name": long}
	rows := []struct {
		command string
		kwargs  object
		class   string
		text    string
	}{
		{"image_update", object{"image_id": unknown, "values": bad}, "ImageNotFound", ""},
		{"image_update", object{"image_id": private, "values": bad}, "Forbidden", "not visible"},
		{"image_update", object{"image_id": theirs, "values": bad}, "ForbiddenPublicImage", ""},
		{"image_update", object{"image_id": theirs, "values": object{"properties": 5}}, "ForbiddenPublicImage", ""},
		{"image_update", object{"image_id": unknown, "values": object{}, "from_state": object{"a": 1}}, "ImageNotFound", ""},
		{"image_create", object{"values": object{"id": theirs, "status": "active", "locations": []object{{}}}}, "Duplicate", ""},
		{"image_get_all", object{"marker": unknown, "sort_key": []string{"nope"}}, "ImageNotFound", ""},
		{"image_get_all", object{"marker": private, "sort_dir": []string{"up"}}, "Forbidden", ""},
		{"image_get_all", object{"marker": unknown, "limit": "x"}, "ImageNotFound", ""},
		{"image_get_all", object{"marker": unknown, "filters": object{"owner": object{}}}, "ImageNotFound", ""},
		{"image_get_all", object{"sort_key": []string{"nope"}, "filters": object{"owner": object{}}}, "InvalidSortKey", ""},
		{"image_get_all", object{"marker": unknown, "filters": object{"size_min": "x"}}, "InvalidFilterRangeValue", ""},
		{"image_get_all", object{"filters": object{"locations": "x"}}, "RPCError", "locations"},
		{"image_get_all", object{"filters": object{"members": "x"}}, "RPCError", "members"},
		{"task_get_all", object{"marker": unknown, "sort_key": "nope"}, "TaskNotFound", ""},
		{"task_get_all", object{"marker": unknown, "limit": "x"}, "TaskNotFound", ""},
		{"task_get_all", object{"marker": unknown, "filters": object{"status": object{}}}, "TaskNotFound", ""},
		{"task_update", object{"task_id": unknown, "values": object{"status": long}}, "TaskNotFound", ""},
		{"metadef_namespace_get_all", object{"marker": 99, "limit": "x", "sort_key": "nope"}, "MetadefNamespaceNotFound", ""},
		{"metadef_namespace_get_all", object{"marker": 99, "sort_key": "id", "filters": object{"visibility": object{}}}, "MetadefNamespaceNotFound", ""},
		{"metadef_tag_get_all", object{"namespace_name": "none", "limit": "x"}, "MetadefNamespaceNotFound", ""},
		{"metadef_tag_create_tags", object{"namespace_name": "none", "tag_list": 5}, "MetadefNamespaceNotFound", ""},
		{"metadef_tag_create_tags", object{"namespace_name": "N", "tag_list": 5}, "MetadefForbidden", ""},
		{"metadef_object_create", object{"namespace_name": "none", "object_dict": object{"name": long}}, "MetadefNamespaceNotFound", ""},
		{"metadef_object_update", object{"namespace_name": "N", "object_id": 99, "object_dict": object{"name": long}}, "MetadefForbidden", ""},
		{"metadef_namespace_update", object{"namespace_id": 99, "namespace_dict": object{"namespace": long}}, "MetadefNamespaceNotFound", ""},
		{"metadef_namespace_update", object{"namespace_id": 1, "namespace_dict": object{"namespace": long}}, "MetadefForbidden", ""},
		{"metadef_resource_type_association_create", object{"namespace_name": "none", "values": object{}}, "MetadefNamespaceNotFound", ""},
		{"image_location_update", object{"image_id": theirs, "location": object{"id": 99}}, "NotFound", "No location found with ID 99 from image"},
		{"image_location_delete", object{"image_id": theirs, "location_id": nil, "status": "deleted"}, "NotFound", "ID None from"},
		{"image_location_delete", object{"image_id": theirs, "location_id": true, "status": "deleted"}, "NotFound", "ID True from"},
		{"image_member_update", object{"memb_id": 99, "values": object{"member": long}}, "RPCError", "No row was found"},
		{"image_get", object{"image_id": []string{"x"}}, "ImageNotFound", ""},
		{"image_get", object{"image_id": object{}}, "ImageNotFound", ""},
		{"task_get", object{"task_id": []string{"x"}}, "TaskNotFound", ""},
		{"metadef_namespace_get", object{"namespace_name": object{"a": 1}}, "MetadefNamespaceNotFound", ""},
	}
	for _, dialect := range servers.Dialects {
		_, rpc := newScene(t, dialect)
		for _, row := range rows {
			t.Run(string(dialect)+" "+row.command, func(t *testing.T) {
				a := rpc.On(t).Call(row.command, row.kwargs).As(registrytest.Member("t2")).Fails(row.class)
				if !strings.Contains(a.Error.Text, row.text) {
					t.Errorf("%v: %s", row.kwargs, a)
				}
			})
		}
	}
}

// TestValues has values that each database stored in its way.
func TestValues(t *testing.T) {
	for dialect, float := range map[servers.Kind]string{servers.MySQL: "1", servers.PostgreSQL: "1.0", servers.SQLite: "1.0"} {
		t.Run(string(dialect), func(t *testing.T) {
			v1, rpc := newScene(t, dialect)
			image := v1.RespondTo("PUT /images/" + theirs).Text(`{"image": {"name": 1.0, "properties": {"f": 1.0}, "owner": false}}`).ExpectImage()
			if image.Name == nil || *image.Name != float || image.Owner != nil || image.Properties["f"] == nil || *image.Properties["f"] != float {
				t.Errorf("%+v", image)
			}
			for _, text := range []string{`{"image": {"name": Infinity}}`, `{"image": {"properties": {"f": -Infinity}}}`, `{"image": {"name": NaN}}`} {
				v1.RespondTo("PUT /images/" + theirs).Text(text).Expect(http.StatusBadRequest)
			}
			given := object{"_type": "datetime", "_value": "2001-01-01T00:00:00"}
			a := rpc.Call("metadef_resource_type_association_create", object{"namespace_name": "N",
				"values": object{"name": "R", "properties_target": nil, "prefix": nil, "created_at": given}}).OK()
			if strings.Contains(string(a.Result), "2001") {
				t.Errorf("the given created_at counts: %s", a)
			}
		})
	}
}
