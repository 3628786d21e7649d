package concurrency

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/servers"
)

// A list reads its images and their properties one after the other. No image in it
// has a name of before an update and a property of after it.
func TestListsDuringUpdates(t *testing.T) {
	servers.EachDatabase(t, func(t *testing.T, db *servers.Database) {
		node := registrytest.New(t, db)
		var ids []string
		for range 4 {
			ids = append(ids, node.CreateImage(registrytest.Object{"name": "0", "properties": registrytest.Object{"p": "0"}}))
		}
		var writers sync.WaitGroup
		defer writers.Wait()
		stop := make(chan struct{})
		defer close(stop)
		for _, id := range ids {
			writers.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-stop:
						return
					default:
					}
					value := fmt.Sprint(n)
					node.RespondTo("PUT /images/" + id).JSON(registrytest.Object{"image": registrytest.Object{
						"name": value, "properties": registrytest.Object{"p": value},
					}}).Answer()
				}
			})
		}
		names := map[string]bool{}
		for start := time.Now(); time.Since(start) < time.Second; {
			images := node.RespondTo("GET /images/detail?is_public=none").ExpectImages()
			if len(images) != len(ids) {
				t.Fatalf("the list has %d images", len(images))
			}
			for _, i := range images {
				names[*i.Name] = true
				if property := i.Properties["p"]; property == nil || *property != *i.Name {
					t.Fatalf("image %s has the name %q and the properties %v", i.ID, *i.Name, i.Properties)
				}
			}
		}
		if len(names) < 3 {
			t.Errorf("the names %v show no update", names)
		}
	})
}
