package badinput

import (
	"net/http"
	"testing"
)

func TestTextsOfPaths(t *testing.T) {
	onEachConnection(t, func(t *testing.T, s *sender) {
		for _, text := range texts {
			for _, request := range []string{
				"GET /images/" + text, "DELETE /images/" + text, "GET /images/" + text + "/members",
				"DELETE /images/" + text + "/members/x", "DELETE /images/" + target + "/members/" + text,
				"GET /shared-images/" + text, "HEAD /shared-images/" + text, "GET /" + text,
			} {
				s.send(s.RespondTo(request))
			}
			s.send(s.RespondTo("PUT /images/" + text).Text(`{"image": {}}`))
			s.send(s.RespondTo("PUT /images/" + text + "/members").Text(`{"memberships": []}`))
			s.send(s.RespondTo("PUT /images/" + text + "/members/x"))
			s.send(s.RespondTo("PUT /images/" + target + "/members/" + text))
			s.send(s.RespondTo("PUT /images/" + target + "/members/" + text).Text(`{"member": {"can_share": true}}`))
		}
		for _, text := range undecodable {
			for _, request := range []string{
				"GET /images/" + text, "DELETE /images/" + text, "GET /shared-images/" + text,
				"DELETE /images/" + target + "/members/" + text,
			} {
				s.refused(s.RespondTo(request), http.StatusBadRequest)
			}
		}
	})
}

// parameters are those of lists; some count for administrators only.
var parameters = []string{
	"limit", "marker", "sort_key", "sort_dir", "name", "status", "container_format", "disk_format", "min_ram", "min_disk",
	"size_min", "size_max", "changes-since", "protected", "property-p", "is_public", "deleted", "unknown", "property-",
}

func TestTextsOfQueries(t *testing.T) {
	onEachConnection(t, func(t *testing.T, s *sender) {
		for _, path := range []string{"/images", "/images/detail"} {
			for _, text := range texts {
				for _, parameter := range parameters {
					s.send(s.RespondTo("GET " + path + "?" + parameter + "=" + text))
				}
				s.send(s.RespondTo("GET " + path + "?property-" + text + "=x"))
				s.send(s.RespondTo("GET " + path + "?" + text))
			}
			for _, text := range undecodable {
				for _, query := range []string{"name=" + text, text + "=x", "property-" + text + "=x"} {
					s.refused(s.RespondTo("GET "+path+"?"+query), http.StatusBadRequest)
				}
			}
			for _, query := range []string{"&", "=", "%", "%%", "%zz=1", ";", "a=b=c", "?", "limit=1&limit=2"} {
				s.send(s.RespondTo("GET " + path + "?" + query))
			}
		}
	})
}
