package caddymodule

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/integration/caddykit"
	"github.com/glancegate/glancegate/integration/kit"
)

// listenVariable makes the program of the tests another process that listens on
// an address.
const listenVariable = "GLANCEGATE_TEST_LISTEN"

// listenUntilTold listens as Caddy does, until its input ends.
func listenUntilTold(text string) {
	address, err := caddy.ParseNetworkAddress(text)
	if err == nil {
		_, err = address.Listen(context.Background(), 0, net.ListenConfig{})
	}
	fmt.Println(err)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// listenElsewhere lets another process listen until the test calls the function.
func listenElsewhere(t *testing.T, address string) (end func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), listenVariable+"="+address)
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end = func() {
		input.Close()
		_ = cmd.Wait()
	}
	if line, _ := bufio.NewReader(output).ReadString('\n'); line != "<nil>\n" {
		end()
		t.Fatalf("listening on %s elsewhere: %q", address, line)
	}
	return end
}

func TestPortOfAnotherProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		kit.Lacking(t, "the kernel tells of sockets on Linux only")
	}
	s := start(t, registryNode)
	config := string(s.config(registryNode))
	port := s.addr[strings.LastIndex(s.addr, ":"):]
	s.load(registryNode) // a reload has its own listener, and no other's
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, elsewhere := range []string{s.addr, port, "0.0.0.0" + port} {
		end := listenElsewhere(t, elsewhere)
		err := caddy.Load([]byte(config), true)
		if err == nil || !strings.Contains(err.Error(), "another process already listens on") || !strings.Contains(err.Error(), "share_port") {
			t.Errorf("beside %s: %v", elsewhere, err)
		}
		if err := caddykit.Validate(t, []byte(config)); err != nil {
			t.Errorf("validated beside %s: %v", elsewhere, err)
		}
		end()
	}
	end := listenElsewhere(t, s.addr)
	shared := strings.Replace(registryNode, "demo", "demo\nshare_port", 1)
	if err := caddy.Load(s.config(shared), true); err != nil {
		t.Errorf("with share_port: %v", err)
	}
	end()

	end = listenElsewhere(t, "127.0.0.2"+port) // another address
	s.load(strings.Replace(registryNode, "glance_registry", "bind 127.0.0.1\nglance_registry", 1))
	end()
	if res, body := s.do("GET", "/images", asAdmin...); res.StatusCode != http.StatusOK {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

func TestGracePeriod(t *testing.T) {
	s := start(t, registryNode)
	grace := func() time.Duration {
		app, err := caddy.ActiveContext().App("http")
		if err != nil {
			t.Fatal(err)
		}
		return time.Duration(app.(*caddyhttp.App).GracePeriod)
	}
	if got := grace(); got != defaultGracePeriod {
		t.Errorf("without grace_period: %v", got)
	}
	s.load("{\ngrace_period 7s\n}\n" + registryNode)
	if got := grace(); got != 7*time.Second {
		t.Errorf("with grace_period 7s: %v", got)
	}
	s.load("{\nglance_registry {\nharden\n}\n}\n" + registryNode)
	if got := grace(); got != defaultGracePeriod {
		t.Errorf("with a global block: %v", got)
	}
}
