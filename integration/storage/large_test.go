package storage

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

const (
	manyProperties = 2000
	manyLocations  = 500
)

// A record is complete however many rows it has. MySQL cuts aggregated text at
// group_concat_max_len, 1024 bytes by default, so there must be none in between.
func TestLargeImage(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		shortenAggregates(t, db)
		node := registrytest.New(t, db)
		properties := registrytest.Object{}
		for n := range manyProperties {
			properties[fmt.Sprintf("property-%d", n)] = strings.Repeat(fmt.Sprint(n), 20)
		}
		var locations []string
		for n := range manyLocations {
			locations = append(locations, fmt.Sprintf("rbd://cluster/pool/%0200d/snap", n))
		}
		id := node.CreateImage(registrytest.Object{"properties": properties, "locations": locations})
		shown := *node.RespondTo("GET /images/" + id).ExpectImage()
		listed := node.RespondTo("GET /images/detail").ExpectImages()
		for _, image := range append(listed, shown) {
			if len(image.Properties) != manyProperties || len(image.LocationData) != manyLocations {
				t.Fatalf("%d properties, %d locations", len(image.Properties), len(image.LocationData))
			}
			for name, value := range properties {
				if got := image.Properties[name]; got == nil || *got != value {
					t.Fatalf("%s is %v", name, got)
				}
			}
			for n, url := range locations {
				if image.LocationData[n].URL != url {
					t.Fatalf("location %d is %s", n, image.LocationData[n].URL)
				}
			}
		}
	})
}

// The largest page there is, with the children of each image.
func TestLargePage(t *testing.T) {
	const more = registrytest.MaxPage + 100
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		node := registrytest.New(t, db)
		insertImages(t, db, more)
		seen := map[string]bool{}
		for _, query := range []string{"limit=5000", fmt.Sprintf("limit=5000&marker=%s", imageID(registrytest.MaxPage-1))} {
			page := node.RespondTo("GET /images/detail?sort_key=id&sort_dir=asc&is_public=none&" + query).ExpectImages()
			for _, image := range page {
				seen[image.ID] = true
				if len(image.Properties) != 2 || *image.Properties["own"] != image.ID || *image.Location != "file:///"+image.ID {
					t.Fatalf("%s: %+v", query, image)
				}
			}
		}
		if len(seen) != more {
			t.Errorf("%d images on two pages, want %d", len(seen), more)
		}
	})
}

// A list without a limit has all its children, too, though they are those of more
// images than a database takes in one statement.
func TestListWithoutLimit(t *testing.T) {
	const count = 17_000 // times four kinds of children
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		backend := registrytest.Open(t, db)
		insertImages(t, db, count)
		images, err := backend.Images(t.Context(), &records.Query{
			Sort: []records.SortKey{{Column: "id"}}, Limit: -1,
			Children: records.WithProperties | records.WithLocations | records.WithMembers | records.WithTags,
		})
		if err != nil || len(images) != count {
			t.Fatalf("%d images, %v", len(images), err)
		}
		for _, i := range images {
			if len(i.Properties) != 2 || len(i.Locations) != 1 || i.Locations[0].URL != "file:///"+i.ID {
				t.Fatalf("%+v", i)
			}
		}
	})
}

// insertImages adds many images, each with two properties and a location.
func insertImages(t *testing.T, db *servers.Database, count int) {
	t.Helper()
	rows := func(format string) string {
		list := make([]string, count)
		for n := range list {
			list[n] = strings.ReplaceAll(format, "ID", "'"+imageID(n)+"'")
		}
		return strings.Join(list, ",")
	}
	const stamps = "'2026-01-01 00:00:00.000000', false"
	db.Exec(t, "INSERT INTO images (id, status, min_disk, min_ram, visibility, created_at, deleted) VALUES "+
		rows("(ID, 'active', 0, 0, 'private', "+stamps+")"))
	db.Exec(t, "INSERT INTO image_properties (image_id, name, value, created_at, deleted) VALUES "+
		rows("(ID, 'own', ID, "+stamps+"), (ID, 'other', 'x', "+stamps+")"))
	db.Exec(t, "INSERT INTO image_locations (image_id, value, meta_data, status, created_at, deleted) VALUES "+
		strings.ReplaceAll(rows("(ID, 'file:///'ID, '{}', 'active', "+stamps+")"), "'file:///''", "'file:///"))
}

func imageID(n int) string { return fmt.Sprintf("%08d-0000-4000-8000-000000000000", n) }

// shortenAggregates gives MariaDB the default of MySQL, where it has one of its
// own.
func shortenAggregates(t *testing.T, db *servers.Database) {
	t.Helper()
	if db.Dialect != servers.MySQL {
		return
	}
	before := servers.Value[int](t, db, "SELECT @@global.group_concat_max_len")
	db.Exec(t, "SET GLOBAL group_concat_max_len = 1024")
	t.Cleanup(func() { db.Exec(t, fmt.Sprintf("SET GLOBAL group_concat_max_len = %d", before)) })
}
