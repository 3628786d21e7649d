package badinput

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// values are JSON texts of every type, most of which no column takes.
var values = []string{
	`null`, `true`, `false`, `0`, `-0`, `1`, `-1`, `1.5`, `1e3`, `1e400`, `-1e400`, `NaN`, `Infinity`,
	`2147483647`, `2147483648`, `-2147483649`, `9223372036854775807`, `9223372036854775808`, `-9223372036854775809`,
	strings.Repeat("9", 400), `1e-400`, `0.00000000000000000000000000000000000001`,
	`""`, `" "`, `"x"`, `"0"`, `" 7 "`, `"1.5"`, `"0x10"`, `"1_000"`, `"NaN"`, `"9223372036854775808"`, `"\u0661"`,
	`"True"`, `"null"`, `"{}"`, `"[]"`, `"';--"`, `"a%s%d{0}\\"`, `"<b>x</b>"`,
	`"2026-01-01"`, `"0001-01-01T00:00:00"`, `"9999-12-31T23:59:59.999999"`, `"2026-02-30"`, `"2026-01-01T00:00:00Z"`,
	`"` + strings.Repeat("l", 300) + `"`, `"` + strings.Repeat("\u00e4", 256) + `"`, `"` + strings.Repeat("L", 70_000) + `"`,
	`"\u0000"`, `"a\u0000b"`, `"\u0001\u001f\u007f"`, `"\ud83d\ude00"`, `"😀"`, `"\uffff"`, `"\ufeff"`, `"\u00e4\u0308"`,
	`[]`, `["x"]`, `["a", "b"]`, `[null]`, `[1]`, `[[]]`, `[{}]`, `["a\u0000"]`, `["😀"]`,
	`{}`, `{"a": 1}`, `{"": null}`, `{"url": "x"}`, `{"a\u0000": "b"}`, `{"😀": 1}`,
}

// texts are percent-encoded for paths and queries.
var texts = []string{
	"%00", "a%00b", "%01", "%7f", "%20", "%F0%9F%98%80", "a%F0%9F%98%80", "%C3%A4", "%EF%BF%BF", "%EF%BB%BF",
	"%27", "%22", "%27;--", "%25s", "%5C", "%2e%2e", "*", "%3Cb%3E", "null", "-1", "1.5", "1e400", "0x10", "True", "",
	"2147483648", "9223372036854775808", strings.Repeat("9", 400), "-" + strings.Repeat("9", 400), "%D9%A1",
	strings.Repeat("l", 37), strings.Repeat("l", 300), strings.Repeat("L", 70_000), strings.Repeat("%C3%A4", 256),
	"0001-01-01", "9999-12-31T23:59:59.999999", "0000-01-01", "2026-13-01", "2026-01-01T00:00:00%2B24:00", "0001-01-01T00:00:00%2B10:00",
	"in:", "in:a,b", "in:%22", "in:%22a%5C%22,b%22", "eq:", "eq:%00", "neq:x", "in:%00,%F0%9F%98%80", "http://x",
}

// undecodable are percent-encoded bytes that are no UTF-8.
var undecodable = []string{"%ff", "a%ffb", "%C3", "%ED%A0%80", "%C0%80", "%F8%88%80%80%80"}

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

func TestValuesOfMemberships(t *testing.T) {
	members := "/images/" + target + "/members"
	onEachConnection(t, func(t *testing.T, s *sender) {
		for _, value := range values {
			s.send(s.RespondTo("PUT " + members).Text(`{"memberships": [{"member_id": ` + value + `, "can_share": true}]}`))
			s.send(s.RespondTo("PUT " + members).Text(`{"memberships": [{"member_id": "x", "can_share": ` + value + `}]}`))
			s.send(s.RespondTo("PUT " + members).Text(`{"memberships": ` + value + `}`))
			s.send(s.RespondTo("PUT " + members + "/x").Text(`{"member": {"can_share": ` + value + `}}`))
			s.send(s.RespondTo("PUT " + members + "/x").Text(`{"member": ` + value + `}`))
			s.checkReadable(members)
		}
		// One that can't be stored takes those before it with it.
		for _, value := range []string{`null`, `{}`, `"` + strings.Repeat("l", 300) + `"`, `"😀"`} {
			s.refused(s.RespondTo("PUT "+members).Text(`{"memberships": [{"member_id": "first"}, {"member_id": `+value+`}]}`),
				http.StatusBadRequest)
		}
	})
}

// More filters than a database can take in one statement.
func TestManyFilters(t *testing.T) {
	var properties []string
	for n := range 2000 {
		properties = append(properties, fmt.Sprintf("property-%d=x", n))
	}
	onEachConnection(t, func(t *testing.T, s *sender) {
		for _, n := range []int{50, 100, 500, 2000} {
			s.send(s.RespondTo("GET /images?" + strings.Join(properties[:n], "&")))
		}
		for _, n := range []int{1000, 40_000, 100_000} {
			s.send(s.RespondTo("GET /images?name=in:" + strings.Repeat("a,", n)))
		}
	})
}
