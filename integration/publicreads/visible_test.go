package publicreads

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// visible looks at what operators see, and purges.
func (c *cloud) visible(t *testing.T) {
	owner := c.Keystone.User(t, "member")
	token := owner.Token(t)
	id := c.create(token, map[string]any{"name": "seen"})
	path := "/v2/images/" + id
	keep := func() {
		t.Helper()
		c.hit(token, path)
		c.hit(token, "/v2/images?name=seen")
		c.hit(token, "/v2/schemas/image")
		if record, answers := c.kept(id); !record || answers != 2 {
			t.Errorf("record: %v, %d answers of the image", record, answers)
		}
	}
	keep()
	if err := c.admin.PurgeImage(id); err != nil {
		t.Fatal(err)
	}
	if record, answers := c.kept(id); record || answers != 0 {
		t.Errorf("purged, but record: %v, %d answers of the image", record, answers)
	}
	if a := c.get(c.gateway, token, "/v2/schemas/image"); a.outcome() != "hit" {
		t.Error("the purge of an image drops a schema:", a.outcome())
	}
	for what, purge := range map[string]string{"all answers": "/glance_registry/cache/public_reads", "everything": "/glance_registry/cache"} {
		keep()
		r, _ := http.NewRequest(http.MethodDelete, string(c.admin)+purge, nil)
		if res, err := client.Do(r); err != nil || res.StatusCode != http.StatusNoContent {
			t.Fatal(what, err)
		}
		for _, path := range []string{path, "/v2/images?name=seen", "/v2/schemas/image"} {
			if a := c.get(c.gateway, token, path); a.outcome() != "miss" {
				t.Errorf("%s after the purge of %s: %q", path, what, a.outcome())
			}
		}
	}

	was := c.counts()
	long := c.create(token, map[string]any{"name": strings.Repeat("n", 255), "a": strings.Repeat("x", 60_000), "b": strings.Repeat("y", 60_000)})
	c.get(c.gateway, token, "/v2/images/"+long)
	c.get(c.gateway, token, "/v2/images/"+long+"/members") // not of a shared image
	c.get(c.gateway, "made-up", path)
	kit.Wait(t, "counted", func() bool {
		is := c.counts()
		return is.Refused["too_large"] > was.Refused["too_large"] && is.Refused["identity"] > was.Refused["identity"] && is.Refused["unsuitable"] > was.Refused["unsuitable"]
	}, c.report())
	c.must("DELETE", "/v2/images/"+long, token, asJSON, nil) // lists with it are too large, too
	for _, want := range []string{
		"glance_registry_public_reads_hits_total ", "glance_registry_public_reads_misses_total ", "glance_registry_public_reads_kept_total ",
		`glance_registry_public_reads_refused_total{reason="mismatch"}`, `glance_registry_public_reads_refused_total{reason="overtaken"}`,
	} {
		if !strings.Contains(c.metrics(), want) {
			t.Errorf("no metric %s", want)
		}
	}
}

// kept is what the admin API says of an image.
func (c *cloud) kept(id string) (hasRecord bool, answers int) {
	c.t.Helper()
	res, err := http.Get(string(c.admin) + "/glance_registry/cache/images/" + id)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	var body struct {
		Record  bool
		Answers int
	}
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
		c.t.Fatal(err)
	}
	return body.Record, body.Answers
}

func (c *cloud) metrics() string {
	c.t.Helper()
	res, err := http.Get(string(c.admin) + "/metrics")
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}
