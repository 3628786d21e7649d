package publicreads

import (
	"fmt"
	"strings"
	"time"

	"github.com/glancegate/glancegate/integration/servers"
)

// The ways of a write.
const (
	byImagesAPI = iota
	byRegistry
	bySQL
)

// burst writes a few times in a row.
func (d *difference) burst() {
	for range 1 + d.pick(4) {
		d.mu.Lock()
		d.writing = true
		d.mu.Unlock()
		way := d.pick(3)
		if d.write(way) {
			d.writes[way].done.Add(1)
		} else {
			d.writes[way].refused.Add(1)
		}
		d.mu.Lock()
		d.written, d.writing = time.Now(), false
		d.mu.Unlock()
		time.Sleep(time.Duration(d.pick(50)) * time.Millisecond)
	}
}

func (d *difference) pick(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.random.IntN(n)
}

// any is a random one of some base URLs.
func (d *difference) any(urls []string) string { return urls[d.pick(len(urls))] }

// write changes a random image and reports whether that was possible.
func (d *difference) write(way int) bool {
	id := d.images[d.pick(len(d.images))]
	admin := d.people.tokens[d.people.admin]
	switch way {
	case byRegistry:
		a, err := send(d.any(d.gateways), "PUT", "/images/"+id, admin, asJSON,
			map[string]any{"image": map[string]any{"name": d.name(), "min_ram": d.pick(100)}}, "X-Glance-Registry-Purge-Props: false")
		return err == nil && a.status == 200
	case bySQL:
		statement := fmt.Sprintf(d.statement(), id, d.name())
		if d.DB.Dialect == servers.PostgreSQL {
			statement = strings.NewReplacer("deleted = 0", "deleted = false", "os_hidden = 1 - os_hidden", "os_hidden = NOT os_hidden").Replace(statement)
		}
		_, err := d.DB.DB.Exec(statement)
		if err != nil {
			d.t.Errorf("%s: %v", statement, err)
		}
		return err == nil
	}
	return d.writeV2(id, admin)
}

func (d *difference) name() string { return fmt.Sprint("image-", d.pick(5)) }

// statement is a change of the image %[1]s with the text %[2]s.
func (d *difference) statement() string {
	list := []string{
		"UPDATE images SET name = '%[2]s' WHERE id = '%[1]s'",
		"UPDATE images SET min_disk = min_disk + 1 WHERE id = '%[1]s' AND '%[2]s' <> ''",
		"UPDATE images SET os_hidden = 1 - os_hidden WHERE id = '%[1]s' AND '%[2]s' = 'image-1'",
		"UPDATE images SET visibility = 'shared' WHERE id = '%[1]s' AND '%[2]s' <> ''",
		"UPDATE images SET visibility = 'private' WHERE id = '%[1]s' AND '%[2]s' <> ''",
		"UPDATE images SET visibility = 'public' WHERE id = '%[1]s' AND '%[2]s' <> ''",
		"UPDATE image_properties SET value = '%[2]s' WHERE image_id = '%[1]s'",
		"UPDATE image_tags SET value = '%[2]s' WHERE image_id = '%[1]s' AND value LIKE 'image-%%'",
		"INSERT INTO image_tags (image_id, value, created_at, deleted) SELECT id, '%[2]s', created_at, deleted FROM images WHERE id = '%[1]s'",
		"UPDATE image_members SET status = 'accepted' WHERE image_id = '%[1]s' AND '%[2]s' <> '' AND deleted = 0",
		"UPDATE image_members SET status = 'rejected' WHERE image_id = '%[1]s' AND '%[2]s' <> '' AND deleted = 0",
		"DELETE FROM image_members WHERE image_id = '%[1]s' AND status = 'rejected' AND '%[2]s' = 'image-2'",
	}
	return list[d.pick(len(list))]
}

// writeV2 changes an image by the Images API, through the gateway or past it.
func (d *difference) writeV2(id, admin string) bool {
	base := d.any(append(d.nodes[:len(d.nodes):len(d.nodes)], d.gateways...))
	path := "/v2/images/" + id
	do := func(method, path, contentType string, body any) bool {
		a, err := send(base, method, path, admin, contentType, body)
		return err == nil && a.status < 300
	}
	switch d.pick(8) {
	case 0:
		return do("PUT", path+"/tags/v"+fmt.Sprint(d.pick(5)), asJSON, nil)
	case 1:
		return do("DELETE", path+"/tags/v"+fmt.Sprint(d.pick(5)), asJSON, nil)
	case 2:
		return do("POST", path+"/members", asJSON, map[string]any{"member": d.people.known[d.pick(6)].project})
	case 3:
		return do("DELETE", path+"/members/"+d.people.known[d.pick(6)].project, asJSON, nil)
	case 4:
		return do("POST", path+"/actions/"+[]string{"deactivate", "reactivate"}[d.pick(2)], asJSON, nil)
	case 5:
		return do("PATCH", path, asPatch, fmt.Sprintf(`[{"op": "add", "path": "/p%d", "value": %q}]`, d.pick(3), d.name()))
	case 6:
		visibility := []string{"public", "private", "shared", "community"}[d.pick(4)]
		return do("PATCH", path, asPatch, fmt.Sprintf(`[{"op": "replace", "path": "/visibility", "value": %q}]`, visibility))
	}
	return d.replaceImage(do)
}

// replaceImage deletes an image and makes another in its place.
func (d *difference) replaceImage(do func(method, path, contentType string, body any) bool) bool {
	n := d.pick(len(d.images))
	if !do("DELETE", "/v2/images/"+d.images[n], asJSON, nil) {
		return false
	}
	id := d.create(d.people.tokens[d.people.owner], map[string]any{"visibility": "shared", "name": d.name()})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.images[n] = id
	return true
}
