package examples

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

var execStart = regexp.MustCompile(`(?m)^ExecStart=(/\S+) (.+)$`)

// The commands of the units start a gateway on the files of an old service.
func TestUnits(t *testing.T) {
	for _, name := range []string{"systemd/glance-registry.service", "openstack-ansible/gateway.conf"} {
		t.Run(name, func(t *testing.T) {
			line := execStart.FindStringSubmatch(read(t, name))
			if line == nil || !strings.HasSuffix(line[1], "/glance-gateway") {
				t.Fatalf("no command: %q", line)
			}
			address := kit.FreeAddress(t)
			_, port, _ := net.SplitHostPort(address)
			config := fmt.Sprintf("[DEFAULT]\nbind_host = 127.0.0.1\nbind_port = %s\n[database]\nconnection = %s\n[paste_deploy]\nflavor = trusted-auth\n",
				port, servers.NewDatabase(t, servers.SQLite).URL)
			file := filepath.Join(t.TempDir(), "glance-registry.conf")
			if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			arguments := strings.ReplaceAll(line[2], "/etc/glance/glance-registry.conf", file)
			if arguments == line[2] {
				t.Fatalf("%s has no configuration file", line[0])
			}
			p := servers.Launch(t, "unit", nil, "/usr/bin/env", append([]string{"GLANCE_REGISTRY_TRUSTED_FROM=127.0.0.1",
				"HOME=" + t.TempDir(), gateways.Build(t)}, strings.Fields(arguments)...)...)
			if err := p.Ready(func(ctx context.Context) error { return healthy(ctx, address) }); err != nil {
				t.Error(err)
			}
		})
	}
}

func healthy(ctx context.Context, address string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/healthcheck", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("/healthcheck: %s", res.Status)
	}
	return nil
}

// The image has the gateway under the name of the old program, wherever that is, and
// keeps the old one.
func TestImage(t *testing.T) {
	_, line, ok := strings.Cut(read(t, "image/Containerfile"), "\nRUN ")
	if !ok {
		t.Fatal("there is no RUN")
	}
	line, _, _ = strings.Cut(line, "\n")
	folder := t.TempDir()
	program := filepath.Join(folder, "glance-registry")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", "-c", line)
	cmd.Env = []string{"PATH=" + folder + ":/usr/bin:/bin"}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if target, err := os.Readlink(program); err != nil || target != "/usr/bin/glance-gateway" {
		t.Errorf("glance-registry leads to %q: %v", target, err)
	}
	if _, err := os.Stat(program + ".old"); err != nil {
		t.Error(err)
	}
}

// The values of the deployment tools name the same image.
func TestValues(t *testing.T) {
	var kolla struct {
		Image string `yaml:"glance_registry_image_full"`
	}
	var helm struct {
		Images struct {
			Tags struct {
				Registry string `yaml:"glance_registry"`
			}
		}
	}
	var plays []struct {
		Hosts string
		Tasks []map[string]any
	}
	for name, into := range map[string]any{
		"kolla-ansible/globals.yml": &kolla, "openstack-helm/values.yaml": &helm, "openstack-ansible/gateway.yml": &plays,
	} {
		if err := yaml.Unmarshal([]byte(read(t, name)), into); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if image := kolla.Image; image == "" || image != helm.Images.Tags.Registry || !strings.Contains(read(t, "image/Containerfile"), image) {
		t.Errorf("the images are %q and %q", image, helm.Images.Tags.Registry)
	}
	if len(plays) != 1 || len(plays[0].Tasks) < 5 {
		t.Errorf("the plays are %v", plays)
	}
}
