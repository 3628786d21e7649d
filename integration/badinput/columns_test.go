package badinput

import (
	"net/http"
	"strings"
	"testing"
)

// keys are what an image in a body may have, and some that it may not.
var keys = []string{
	"id", "name", "status", "size", "virtual_size", "disk_format", "container_format", "min_disk", "min_ram",
	"is_public", "visibility", "checksum", "owner", "protected", "os_hidden", "os_hash_algo", "os_hash_value",
	"created_at", "updated_at", "deleted_at", "deleted", "properties", "tags", "members", "store", "", "a.b", "id; --",
	"location", "locations", "location_data",
}

// An accepted change is read back for its answer, so that an image which can't be
// shown any more is noticed at once.
func TestValuesOfColumns(t *testing.T) {
	onEachConnection(t, func(t *testing.T, s *sender) {
		for _, key := range keys {
			for _, value := range values {
				if key == "locations" && len(value) > 1000 {
					continue // a text is a list of one-letter URLs, and so many are many rows
				}
				s.send(s.create(image(key, value)))
				s.send(s.update(image(key, value)))
			}
		}
	})
}

func TestValuesOfProperties(t *testing.T) {
	onEachConnection(t, func(t *testing.T, s *sender) {
		for _, value := range values {
			s.send(s.create(image("properties", `{"p": `+value+`}`)))
			s.send(s.update(image("properties", `{"p": `+value+`}`)))
			// MySQL takes an empty name and a blank for the same.
			if strings.HasPrefix(value, `"`) && value != `" "` {
				s.send(s.create(image("properties", `{`+value+`: "x"}`)))
				s.send(s.update(image("properties", `{`+value+`: null}`)))
			}
		}
	})
}

func TestValuesOfLocations(t *testing.T) {
	onEachConnection(t, func(t *testing.T, s *sender) {
		for _, value := range values {
			for _, location := range []string{
				`{"url": VALUE, "metadata": {}, "status": "active"}`,
				`{"url": "file:///x", "metadata": VALUE, "status": "active"}`,
				`{"url": "file:///x", "metadata": {"k": VALUE}, "status": "active"}`,
				`{"url": "file:///x", "metadata": {}, "status": VALUE}`,
				`{"url": "file:///x", "metadata": {}, "status": "active", "id": VALUE}`,
			} {
				list := `[` + strings.ReplaceAll(location, "VALUE", value) + `]`
				s.send(s.create(image("location_data", list)))
				s.send(s.update(image("location_data", list)))
			}
		}
	})
}

// What a column cannot hold is refused by name, on every database.
func TestRefusalsNameTheKey(t *testing.T) {
	long := `"` + strings.Repeat("x", 300) + `"`
	wrong := map[string][]string{
		"name": {long, `{}`, `[1]`}, "status": {`"unknown"`}, "size": {`"x"`, `{}`, `1e400`, `9223372036854775808`},
		"virtual_size": {`"x"`, `[]`}, "disk_format": {long}, "container_format": {long}, "min_disk": {`2147483648`, `{"a": 1}`},
		"min_ram": {`2147483648`, `["x"]`}, "checksum": {long}, "os_hidden": {`"yes"`, `2`}, "os_hash_algo": {long},
		"os_hash_value": {long}, "visibility": {`"secret"`, `1`}, "properties": {`[]`, `"x"`}, "owner": {long},
	}
	onEachConnection(t, func(t *testing.T, s *sender) {
		for key, values := range wrong {
			for _, value := range values {
				for _, a := range []string{
					string(s.refused(s.create(image(key, value)), http.StatusBadRequest).Body),
					string(s.refused(s.update(image(key, value)), http.StatusBadRequest).Body),
				} {
					if !strings.Contains(a, key) {
						t.Errorf("%s: %s: the answer does not name the key:\n%s", key, value, a)
					}
				}
			}
		}
	})
}
