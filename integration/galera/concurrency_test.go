package galera

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
)

// clients is how many there are of the gateways together.
const clients = 12

// gateway is one on its own node, with both protocols.
type gateway struct {
	v1  *registrytest.Registry
	rpc *rpctest.Registry
}

// contest is what clients of gateways on all nodes do to one image at the same
// time.
type contest struct {
	name string
	do   func(g gateway, id string, client int) string // the outcome

	// outcomes is how many clients have which.
	outcomes map[string]int
	// check looks at the image afterwards.
	check func(t *testing.T, g gateway, id string)
}

var contests = []contest{
	{
		name: "one update from a state wins",
		do: func(g gateway, id string, client int) string {
			return status(g.v1.RespondTo("PUT /images/" + id).JSON(registrytest.Object{
				"from_state": "queued", "image": registrytest.Object{"status": "saving", "name": name(client)},
			}))
		},
		outcomes: map[string]int{"200": 1, "409": clients - 1},
	},
	{
		name: "every client adds a property",
		do: func(g gateway, id string, client int) string {
			return status(g.v1.RespondTo("PUT /images/" + id).JSON(registrytest.Object{
				"image": registrytest.Object{"properties": registrytest.Object{name(client): "x"}},
			}))
		},
		outcomes: map[string]int{"200": clients},
		check: func(t *testing.T, g gateway, id string) {
			if image := g.v1.RespondTo("GET /images/" + id).ExpectImage(); len(image.Properties) != clients+2 {
				t.Errorf("%d properties", len(image.Properties))
			}
		},
	},
	{
		name: "every client changes two properties",
		do: func(g gateway, id string, client int) string {
			return status(g.v1.RespondTo("PUT /images/" + id).JSON(registrytest.Object{
				"image": registrytest.Object{"properties": registrytest.Object{"first": name(client), "second": name(client)}},
			}))
		},
		outcomes: map[string]int{"200": clients},
		check: func(t *testing.T, g gateway, id string) {
			p := g.v1.RespondTo("GET /images/" + id).ExpectImage().Properties
			if *p["first"] != *p["second"] {
				t.Errorf("the properties are of clients %s and %s", *p["first"], *p["second"])
			}
		},
	},
	{
		name: "every client adds a tag",
		do: func(g gateway, id string, client int) string {
			return class(g.rpc.Call("image_tag_create", rpctest.Object{"image_id": id, "value": name(client)}))
		},
		outcomes: map[string]int{"": clients},
		check: func(t *testing.T, g gateway, id string) {
			if tags := tagsOf(g, id); len(tags) != clients {
				t.Errorf("tags %q", tags)
			}
		},
	},
	{
		name: "every client sets all tags",
		do: func(g gateway, id string, client int) string {
			return class(g.rpc.Call("image_tag_set_all", rpctest.Object{"image_id": id, "tags": []string{name(client), "also " + name(client)}}))
		},
		outcomes: map[string]int{"": clients},
		check: func(t *testing.T, g gateway, id string) {
			if tags := tagsOf(g, id); len(tags) != 2 || tags[0] != "also "+tags[1] {
				t.Errorf("tags of several clients: %q", tags)
			}
		},
	},
	{
		name: "every client adds a member",
		do: func(g gateway, id string, client int) string {
			return status(g.v1.RespondTo("PUT /images/" + id + "/members/" + name(client)))
		},
		outcomes: map[string]int{"204": clients},
		check: func(t *testing.T, g gateway, id string) {
			if members := g.v1.RespondTo("GET /images/" + id + "/members").ExpectMembers(); len(members) != clients {
				t.Errorf("members %v", members)
			}
		},
	},
	{
		name: "one deletion wins",
		do: func(g gateway, id string, client int) string {
			return status(g.v1.RespondTo("DELETE /images/" + id).As(registrytest.Member("p"))) // admins find deleted images
		},
		outcomes: map[string]int{"200": 1, "404": clients - 1},
	},
}

// Row locks hold on one node only. What clients get is the same.
func testConcurrency(t *testing.T, c *servers.Galera) {
	// What still comes from other nodes goes before what a node itself writes.
	c.Nodes[0].AwaitAll(t)
	c.Nodes[0].Database.Fill(t)
	var gateways []gateway
	for _, n := range c.Nodes {
		gateways = append(gateways, gateway{registrytest.New(t, n.Database), rpctest.New(t, n.Database)})
	}
	rounds := 10
	if full {
		rounds = 60
	}
	for _, contest := range contests {
		t.Run(contest.name, func(t *testing.T) {
			for round := range rounds {
				id := gateways[round%len(gateways)].v1.On(t).CreateImage(registrytest.Object{
					"status": "queued", "owner": "p", "properties": registrytest.Object{"first": "", "second": ""},
				})
				contest.run(t, gateways, id)
			}
		})
	}
	want := c.Nodes[0].Database.Rows(t)
	for _, n := range c.Nodes[1:] {
		n.AwaitAll(t)
		if got := n.Database.Rows(t); !reflect.DeepEqual(got, want) {
			t.Errorf("%s has other rows than %s", n.Name, c.Nodes[0].Name)
		}
	}
}

func (c contest) run(t *testing.T, gateways []gateway, id string) {
	t.Helper()
	outcomes := make([]string, clients)
	var done sync.WaitGroup
	start := make(chan struct{})
	for client := range clients {
		g := gateways[client%len(gateways)]
		g = gateway{g.v1.On(t), g.rpc.On(t)}
		done.Go(func() {
			<-start
			outcomes[client] = c.do(g, id, client)
		})
	}
	close(start)
	done.Wait()
	got := map[string]int{}
	for _, o := range outcomes {
		got[o]++
	}
	if !maps.Equal(got, c.outcomes) {
		t.Errorf("the clients got %v, want %v", got, c.outcomes)
	}
	if c.check != nil {
		for _, g := range gateways {
			c.check(t, gateway{g.v1.On(t), g.rpc.On(t)}, id)
		}
	}
}

func name(client int) string { return fmt.Sprintf("client-%02d", client) }

func status(c *registrytest.Call) string {
	a := c.Answer()
	if a.Status >= http.StatusInternalServerError {
		return a.String()
	}
	return fmt.Sprint(a.Status)
}

// class is that of a command's error; empty where it succeeded.
func class(c *rpctest.Call) string {
	if a := c.Answer(); a.Error != nil {
		return a.String()
	}
	return ""
}

func tagsOf(g gateway, id string) []string {
	var tags []string
	if err := json.Unmarshal(g.rpc.Call("image_tag_get_all", rpctest.Object{"image_id": id}).OK().Result, &tags); err != nil {
		return []string{err.Error()}
	}
	slices.Sort(tags)
	return tags
}
