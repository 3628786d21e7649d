package oddrows

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/registry/records"
)

// commands are the reads over RPC by the table that they are about.
func commands(table records.Table) map[string][]object {
	switch {
	case strings.HasPrefix(string(table), "image"):
		return map[string][]object{
			"image_get":              {{"image_id": odd, "force_show_deleted": true}, {"image_id": plain}},
			"image_get_all":          {{"return_tag": true, "v1_mode": true}, {"return_tag": true, "sort_key": []string{"size"}, "sort_dir": []string{"asc"}, "marker": plain}},
			"image_tag_get_all":      {{"image_id": odd}},
			"image_member_find":      {{"image_id": odd, "include_deleted": true}, {"include_deleted": true}},
			"image_member_count":     {{"image_id": odd}},
			"user_get_storage_usage": {{"owner_id": "t1"}},
		}
	case strings.HasPrefix(string(table), "task"):
		return map[string][]object{
			"task_get":     {{"task_id": odd, "force_show_deleted": true}, {"task_id": plain}},
			"task_get_all": {{"sort_key": "created_at"}, {"sort_key": "updated_at", "marker": plain}},
		}
	}
	reads := map[string][]object{
		"metadef_namespace_get":                                  {{"namespace_name": "N"}, {"namespace_name": "M"}},
		"metadef_namespace_get_all":                              {{"sort_key": "created_at"}, {"sort_key": "display_name"}, {"sort_key": "created_at", "filters": object{"resource_types": "R"}}},
		"metadef_tag_get_all":                                    {{"namespace_name": "N", "sort_key": "created_at"}},
		"metadef_resource_type_get":                              {{"resource_type_name": "R"}},
		"metadef_resource_type_get_all":                          {{}},
		"metadef_resource_type_association_get":                  {{"namespace_name": "N", "resource_type_name": "R"}},
		"metadef_resource_type_association_get_all_by_namespace": {{"namespace_name": "N"}},
	}
	for kind, name := range map[string]string{"object": "object_name", "property": "property_name", "tag": "name"} {
		reads["metadef_"+kind+"_get"] = []object{{"namespace_name": "N", name: strings.ToUpper(kind[:1])}}
		reads["metadef_"+kind+"_count"] = []object{{"namespace_name": "N"}}
		if kind != "tag" {
			reads["metadef_"+kind+"_get_all"] = []object{{"namespace_name": "N"}}
		}
	}
	return reads
}

// readAll reads what a table takes part in, by every route, and returns what went
// wrong.
func (s *scene) readAll(table records.Table) (problems []string) {
	s.t.Helper()
	for command, calls := range commands(table) {
		for _, kwargs := range calls {
			if a := s.rpc.Call(command, kwargs).Answer(); a.Error != nil {
				problems = append(problems, fmt.Sprintf("%s %v: %s", command, kwargs, a))
			}
		}
	}
	if !strings.HasPrefix(string(table), "image") {
		return problems
	}
	for _, target := range []string{
		"/images/detail?is_public=none", "/images?is_public=none", "/images/" + odd, "/images/" + odd + "/members", "/shared-images/t2",
		"/images/detail?is_public=none&changes-since=2020-01-01", "/images/detail?is_public=none&sort_key=updated_at&marker=" + plain,
	} {
		if a := s.rest.RespondTo("GET " + target).Answer(); a.Status != http.StatusOK {
			problems = append(problems, fmt.Sprintf("GET %s: %d %s, %v", target, a.Status, a.Body, a.Cause))
		}
	}
	for _, direction := range []string{"asc", "desc"} {
		if !s.walks {
			break
		}
		for _, key := range []string{"created_at", "size", "updated_at", "name"} {
			if problem := s.walk(key, direction); problem != "" {
				problems = append(problems, problem)
			}
		}
	}
	return problems
}

// walk reads the images in pages of one; each must come once.
func (s *scene) walk(key, direction string) string {
	s.t.Helper()
	target := "/images?is_public=none&deleted=false&limit=1&sort_key=" + key + "&sort_dir=" + direction
	whole := s.rest.RespondTo("GET " + strings.Replace(target, "limit=1&", "", 1)).ExpectImages()
	var walked []string
	for marker := ""; len(walked) < 4; {
		a := s.rest.RespondTo("GET " + target + marker).Answer()
		var page struct{ Images []struct{ ID string } }
		if err := json.Unmarshal(a.Body, &page); err != nil || a.Status != http.StatusOK {
			return fmt.Sprintf("walk by %s %s: %d %s, %v", key, direction, a.Status, a.Body, a.Cause)
		}
		if len(page.Images) == 0 {
			break
		}
		walked = append(walked, page.Images[0].ID)
		marker = "&marker=" + page.Images[0].ID
	}
	if want := registrytest.IDs(whole); fmt.Sprint(walked) != fmt.Sprint(want) {
		return fmt.Sprintf("walk by %s %s: %v, want %v", key, direction, walked, want)
	}
	return ""
}
