package publicreads

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/kit"
)

// clients lets Debian's clients, unchanged, find the gateway in Keystone's catalog and
// work through it: what one user writes another one reads at once.
func (c *cloud) clients(t *testing.T) {
	if exec.Command("/usr/bin/python3", "-c", "import glanceclient, openstackclient").Run() != nil {
		kit.Lacking(t, "python3-glanceclient or python3-openstackclient is not installed")
	}
	c.Keystone.Endpoint(t, "image", "glance", c.gateway)
	for _, pair := range [][2]string{{"openstack", "glance"}, {"glance", "openstack"}} {
		owner := c.Keystone.User(t, "member")
		users := map[string]*keystonetest.User{
			"owner": owner, "colleague": c.Keystone.UserIn(t, owner.Project, owner.ProjectName, "reader"),
			"guest": c.Keystone.User(t, "member"), "stranger": c.Keystone.User(t, "member"),
		}
		text, err := json.Marshal(users)
		if err != nil {
			t.Fatal(err)
		}
		was := c.counts()
		cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", "testdata/clients.py", c.Keystone.URL+"/v3", pair[0], pair[1])
		cmd.Stdin = bytes.NewReader(text)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s writes, %s reads: %v\n%s", pair[0], pair[1], err, out)
		}
		hits := c.counts().Hits - was.Hits
		t.Logf("%s writes, %s reads: %d hits; %s", pair[0], pair[1], hits, out)
		if hits == 0 {
			t.Errorf("%s writes, %s reads: no answer came from the cache", pair[0], pair[1])
		}
	}
}
