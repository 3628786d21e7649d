package publicreads

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// Changes of an image that glance-api shows in some way, as statements about the
// image %[1]s. None of them touches updated_at but the one that is about it.
var changes = []struct{ what, statement string }{
	{"name", "UPDATE images SET name = 'another' WHERE id = '%[1]s'"},
	{"no name", "UPDATE images SET name = NULL WHERE id = '%[1]s'"},
	{"visibility", "UPDATE images SET visibility = 'community' WHERE id = '%[1]s'"},
	{"size", "UPDATE images SET size = size + 1 WHERE id = '%[1]s'"},
	{"virtual_size", "UPDATE images SET virtual_size = 7 WHERE id = '%[1]s'"},
	{"disk_format", "UPDATE images SET disk_format = 'qcow2' WHERE id = '%[1]s'"},
	{"container_format", "UPDATE images SET container_format = 'ovf' WHERE id = '%[1]s'"},
	{"checksum", "UPDATE images SET checksum = REPEAT('0', 32) WHERE id = '%[1]s'"},
	{"os_hash_algo", "UPDATE images SET os_hash_algo = 'sha256' WHERE id = '%[1]s'"},
	{"os_hash_value", "UPDATE images SET os_hash_value = REPEAT('0', 64) WHERE id = '%[1]s'"},
	{"protected", "UPDATE images SET protected = 1 WHERE id = '%[1]s'"},
	{"min_ram", "UPDATE images SET min_ram = 512 WHERE id = '%[1]s'"},
	{"min_disk", "UPDATE images SET min_disk = 10 WHERE id = '%[1]s'"},
	{"owner", "UPDATE images SET owner = 'somebody' WHERE id = '%[1]s'"},
	{"no owner", "UPDATE images SET owner = NULL WHERE id = '%[1]s'"},
	{"created_at", "UPDATE images SET created_at = '2020-02-02 02:02:02' WHERE id = '%[1]s'"},
	{"updated_at", "UPDATE images SET updated_at = '2030-03-03 03:03:03' WHERE id = '%[1]s'"},
	{"property", "UPDATE image_properties SET value = 'changed' WHERE image_id = '%[1]s' AND name = 'os_type'"},
	{"new property", "INSERT INTO image_properties (image_id, name, value, created_at, deleted) VALUES ('%[1]s', 'added', 'x', NOW(), 0)"},
	{"property gone", "UPDATE image_properties SET deleted = 1 WHERE image_id = '%[1]s' AND name = 'added'"},
	{"property deleted for good", "DELETE FROM image_properties WHERE image_id = '%[1]s' AND name = 'os_type'"},
	{"new tag", "INSERT INTO image_tags (image_id, value, created_at, deleted) VALUES ('%[1]s', 'added', NOW(), 0)"},
	{"tag gone", "UPDATE image_tags SET deleted = 1 WHERE image_id = '%[1]s' AND value = 'added'"},
	{"location", "UPDATE image_locations SET value = 'file:///elsewhere' WHERE image_id = '%[1]s'"},
	{"metadata of a location", "UPDATE image_locations SET meta_data = '{\"a\": \"b\"}' WHERE image_id = '%[1]s'"},
	{"location gone", "UPDATE image_locations SET status = 'deleted', deleted = 1 WHERE image_id = '%[1]s'"},
	{"os_hidden", "UPDATE images SET os_hidden = 1 WHERE id = '%[1]s'"},
	{"status", "UPDATE images SET status = 'deactivated' WHERE id = '%[1]s'"},
	{"deleted", "UPDATE images SET deleted = 1, deleted_at = NOW() WHERE id = '%[1]s'"},
}

// A node of glance-api whose database lags answers as it did before a change. The
// client gets that, and it is not kept, whatever the change was.
func (c *cloud) lagging(t *testing.T) {
	if c.DB.Dialect != servers.MySQL {
		t.Skip("the statements are MySQL's")
	}
	token := c.Keystone.User(t, "admin").Token(t)
	id := c.create(token, map[string]any{"visibility": "public", "tags": []string{"a", "b"}, "os_type": "linux"})
	c.upload(token, id)
	for n, change := range changes {
		paths := []string{fmt.Sprintf("/v2/images/%s?n=%d", id, n), fmt.Sprintf("/v2/images?visibility=all&limit=%d", 10+n)}
		c.refused(change.what, token, paths, fmt.Sprintf(change.statement, id), change.what != "deleted")
	}
}

// A member who is none any more, or is another's, sees no difference in the image.
func (c *cloud) formerMember(t *testing.T) {
	if c.DB.Dialect != servers.MySQL {
		t.Skip("the statements are MySQL's")
	}
	owner, guest := c.Keystone.User(t, "member"), c.Keystone.User(t, "member")
	token, visitor := owner.Token(t), guest.Token(t)
	id := c.create(token, map[string]any{"visibility": "shared"})
	c.must("POST", "/v2/images/"+id+"/members", token, asJSON, map[string]any{"member": guest.Project})
	c.must("PUT", "/v2/images/"+id+"/members/"+guest.Project, visitor, asJSON, map[string]any{"status": "accepted"})
	path := "/v2/images/" + id
	c.refused("status of a member", visitor, []string{path + "/members?a=a", path + "/members/" + guest.Project, "/v2/images?visibility=shared"},
		fmt.Sprintf("UPDATE image_members SET status = 'rejected' WHERE image_id = '%s'", id), true)
	c.refused("member gone", visitor, []string{path + "?a=b", path + "/members?a=b", path + "/members/" + guest.Project + "?a=b"},
		fmt.Sprintf("UPDATE image_members SET deleted = 1 WHERE image_id = '%s'", id), false)
}

// refused makes a change and lets the front answer as glance-api did before it.
func (c *cloud) refused(what, token string, paths []string, statement string, stays bool) {
	c.t.Helper()
	before := map[string]string{}
	for n, path := range paths {
		a := c.get(c.glance, token, path)
		if a.status != 200 {
			c.t.Fatalf("%s: %s: %d %s", what, path, a.status, a.body)
		}
		before[path] = a.body
		if n == 0 {
			c.hit(token, path) // so that the gateway has the record, too
		}
	}
	if _, err := c.DB.DB.Exec(statement); err != nil {
		c.t.Fatalf("%s: %v", what, err)
	}
	if stays { // once the gateway keeps the new answer, it knows of the change
		if a := c.hit(token, paths[0]+"&told="+kindOf(what)); a.body == before[paths[0]] && len(paths) == 2 {
			c.t.Errorf("%s: nothing has changed", what)
		}
	} else {
		time.Sleep(bound) // then it knows as well, or keeps nothing
	}
	for path, old := range before {
		if same(c.get(c.glance, token, path), answer{status: 200, body: old}) {
			delete(before, path) // a list without the image, before and after
		}
	}
	c.front.answer(before)
	defer c.front.answer(nil)
	for _, path := range paths {
		if before[path] == "" {
			continue
		}
		c.mismatch(what, token, path, before[path])
	}
}

// mismatch asks until an answer, which is an old one, was compared: on a busy machine the
// feed may lag, and nothing is copied then.
func (c *cloud) mismatch(what, token, path, old string) {
	c.t.Helper()
	began := c.counts()
	compared := kit.Poll(kit.Timeout, func() bool {
		was := c.counts()
		a := c.get(c.gateway, token, path)
		if a.body != old || a.outcome() == "hit" {
			c.t.Fatalf("%s: %s: %q instead of the old answer: %s", what, path, a.outcome(), a.body)
		}
		return kit.Poll(time.Second, func() bool { return c.counts().Refused["mismatch"] > was.Refused["mismatch"] })
	})
	if is := c.counts(); !compared || is.Kept > began.Kept {
		c.t.Fatalf("%s: %s: the old answer is kept, or not compared: %+v, then %+v", what, path, began, is)
	}
}

func kindOf(what string) string {
	text, _ := json.Marshal(what)
	return fmt.Sprintf("%x", text)
}

// counts is the report of the admin API.
type counts struct {
	Hits, Misses, Kept uint64
	Refused            map[string]uint64
}

func (c *cloud) counts() (n counts) {
	c.t.Helper()
	if err := json.Unmarshal([]byte(c.report()), &n); err != nil {
		c.t.Fatal(err)
	}
	return n
}
