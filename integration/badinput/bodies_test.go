package badinput

import (
	"net/http"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
)

// malformed are bodies that are no JSON, or no object or array.
var malformed = []string{
	`{`, `}`, `{"image"`, `{"image":`, `{"image": {}`, `{"image": {}}}`, `{"image": {}} x`, `{'image': {}}`, `{"image": {},}`,
	`[1,]`, `nul`, `null`, `5`, `"x"`, `true`, "\x00", "\xef\xbb\xbf{}", "{\"image\": {\"name\": \"\xff\"}}",
	"{\"image\": {\"name\": \"\xed\xa0\x80\"}}", `{"image": {"name": "\ud800"}}`, `{"image": {"name": "\udc00\ud800"}}`,
	`{"\ud800": 1}`, `{"image": {"name": "\u12"}}`, `{"image": {"name": "\x"}}`, "{\"image\": {\"name\": \"a\nb\"}}",
	`{"image": {"size": 01}}`, `{"image": {"size": +1}}`, `{"image": {"size": 1.}}`, `{"image": {"size": .5}}`, `{"image": {"size": 0x1}}`,
	strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000), strings.Repeat("[", 600) + strings.Repeat("]", 600),
}

// misshapen are objects and arrays that are no image, members or membership.
var misshapen = []string{
	`{}`, `[]`, `[{}]`, `[null]`, `{"image": null}`, `{"image": []}`, `{"image": "x"}`, `{"image": 1}`, `{"Image": {}}`, `{"images": [{}]}`,
	`{"memberships": null}`, `{"memberships": 1}`, `{"memberships": [null]}`, `{"memberships": [[]]}`, `{"memberships": [{}]}`,
	`{"memberships": [{"can_share": true}]}`, `{"memberships": {"member_id": "x"}}`, `{"memberships": "x"}`,
	`{"member": null}`, `{"member": []}`, `{"member": {}}`, `{"member": {"share": true}}`, `{"member": "can_share"}`,
}

func TestBodies(t *testing.T) {
	onEachConnection(t, func(t *testing.T, s *sender) {
		for _, request := range []string{
			"POST /images", "PUT /images/" + target, "PUT /images/" + target + "/members", "PUT /images/" + target + "/members/x",
		} {
			for _, body := range malformed {
				s.refused(s.RespondTo(request).Text(body), http.StatusBadRequest)
			}
			for _, body := range misshapen {
				s.send(s.RespondTo(request).Text(body))
			}
		}
		for _, request := range []string{"GET /", "GET /images", "GET /images/detail", "GET /images/" + target,
			"DELETE /images/" + target, "GET /images/" + target + "/members", "GET /shared-images/x",
			"DELETE /images/" + target + "/members/m"} {
			for _, body := range append(malformed, misshapen...) {
				s.refused(s.RespondTo(request).Text(body), http.StatusBadRequest)
			}
		}
	})
}

func TestMissingBodies(t *testing.T) {
	onEachConnection(t, func(t *testing.T, s *sender) {
		for _, request := range []string{"POST /images", "PUT /images/" + target, "PUT /images/" + target + "/members"} {
			s.refused(s.RespondTo(request), http.StatusBadRequest)
		}
	})
}

func TestOversizedBodies(t *testing.T) {
	onEachConnection(t, func(t *testing.T, s *sender) {
		body := `{"image": {"name": "` + strings.Repeat("x", registrytest.BodyLimit) + `"}}`
		s.refused(s.create(body), http.StatusRequestEntityTooLarge)
		s.refused(s.update(body), http.StatusRequestEntityTooLarge)
		s.refused(s.RespondTo("PUT /images/"+target+"/members").Text(body), http.StatusRequestEntityTooLarge)
		// The largest that is taken is still no image.
		s.refused(s.create(body[:registrytest.BodyLimit]), http.StatusBadRequest)
	})
}

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
