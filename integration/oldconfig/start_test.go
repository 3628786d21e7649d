package oldconfig

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/gateways"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// account is that of the service, which has a number only.
const account = 42415

// machine is a root folder in which nothing runs but the program of the gateway, by
// the name of the old one, and what starts it.
type machine struct {
	t    *testing.T
	root string
	url  string
	port string
	env  []string // besides PATH and HOME
}

// newRoot is a machine without a configuration.
func newRoot(t *testing.T) *machine {
	t.Helper()
	if os.Geteuid() != 0 {
		kit.Lacking(t, "a root folder of its own needs root")
	}
	root, err := os.MkdirTemp("", "glancegate-machine-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	_, port, _ := net.SplitHostPort(kit.FreeAddress(t))
	m := &machine{t: t, root: root, port: port, url: "http://127.0.0.1:" + port}
	for _, folder := range []string{"etc/glance", "usr/bin", "usr/share/glance", "var/lib/glance", "var/log/glance", "run/glance", "tmp", "dev"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"var/lib/glance", "var/log/glance"} {
		if err := os.Chown(filepath.Join(root, folder), account, account); err != nil {
			t.Fatal(err)
		}
	}
	for _, link := range [][2]string{{"../run", "var/run"}, {"usr/bin", "bin"}} {
		if err := os.Symlink(link[0], filepath.Join(root, link[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	m.install(gateways.Build(t), "glance-registry")
	m.write("etc/passwd", fmt.Sprintf("root:x:0:0::/:/bin/sh\nglance:x:%d:%d::/var/lib/glance:/bin/false\n", account, account))
	m.write("etc/group", fmt.Sprintf("root:x:0:\nglance:x:%d:\n", account))
	m.write("dev/null", "")
	return m
}

// newMachine has the configuration of an old service on a real MariaDB, with further
// lines about its log.
func newMachine(t *testing.T, logLines string) *machine {
	t.Helper()
	servers.Require(t, servers.MySQL)
	m := newRoot(t)
	m.env = []string{"GLANCE_REGISTRY_RELEASE=queens"}
	db := servers.NewDatabase(t, servers.MySQL)
	m.write("etc/glance/glance-registry.conf", os.Expand(m.example("glance-registry.conf"), func(name string) string {
		return map[string]string{"PORT": m.port, "LOG": logLines, "DATABASE": strings.ReplaceAll(db.URL, "$", "$$")}[name]
	}))
	m.write("etc/glance/glance-registry-paste.ini", strings.Replace(paste, "[pipeline:glance-registry-keystone]\npipeline = healthcheck osprofiler authtoken",
		"[pipeline:glance-registry-trusted-auth]\npipeline = healthcheck osprofiler", 1))
	return m
}

func (m *machine) example(name string) string {
	m.t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		m.t.Fatal(err)
	}
	return string(content)
}

func (m *machine) write(name, content string) {
	m.t.Helper()
	if err := os.WriteFile(filepath.Join(m.root, name), []byte(content), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) copy(from, to string) {
	m.t.Helper()
	to = filepath.Join(m.root, to)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		m.t.Fatal(err)
	}
	content, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, content, 0o755)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

// install copies a program of the host, with its libraries, under a name.
func (m *machine) install(program, name string) {
	m.t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		kit.Lacking(m.t, "%s is not installed", program)
	}
	m.copy(path, "usr/bin/"+name)
	libraries, _ := exec.Command("ldd", path).Output() // it fails where there are none
	for word := range strings.FieldsSeq(string(libraries)) {
		if strings.HasPrefix(word, "/") && !strings.HasSuffix(word, ":") {
			m.copy(word, word)
		}
	}
}

// command is one that runs in the root folder.
func (m *machine) command(user uint32, words ...string) *exec.Cmd {
	if !strings.Contains(words[0], "/") {
		words[0] = "/usr/bin/" + words[0] // where the PATH of all of them leads
	}
	cmd := &exec.Cmd{
		Path: words[0], Args: words, Dir: "/", Env: append([]string{"PATH=/usr/bin", "HOME=/var/lib/glance"}, m.env...),
		SysProcAttr: &syscall.SysProcAttr{Chroot: m.root, Credential: &syscall.Credential{Uid: user, Gid: user}, Pdeathsig: syscall.SIGKILL},
	}
	return cmd
}

// service is a command in the foreground.
type service struct {
	*machine
	cmd    *exec.Cmd
	output output
}

// output is what a process that runs has written.
type output struct {
	mutex sync.Mutex
	text  strings.Builder
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}

// start starts a service and waits until it serves glance-api.
func (m *machine) start(words ...string) *service {
	m.t.Helper()
	s := m.launch(words...)
	m.awaitImages(http.StatusOK)
	return s
}

// launch starts a service and waits until it answers somehow.
func (m *machine) launch(words ...string) *service {
	m.t.Helper()
	s := &service{machine: m, cmd: m.command(account, words...)}
	s.cmd.Stdout, s.cmd.Stderr = &s.output, &s.output
	if err := s.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	var err error
	if !kit.Poll(kit.Timeout, func() bool {
		_, err = m.get("/images")
		return err == nil
	}) {
		m.t.Fatalf("%v\n%s\n%s", err, &s.output, m.log("registry.log"))
	}
	return s
}

// stop ends the service as a service manager does.
func (s *service) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("SIGTERM: %v\n%s", err, &s.output)
	}
}

// get asks as glance-api does.
func (m *machine) get(path string) (status int, err error) {
	ctx, cancel := context.WithTimeout(m.t.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, m.url+path, nil)
	if err != nil {
		return 0, err
	}
	for name, value := range map[string]string{"X-Identity-Status": "Confirmed", "X-User-Id": "u", "X-Project-Id": "p", "X-Roles": "member"} {
		r.Header.Set(name, value)
	}
	r.Close = true
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	response.Body.Close()
	return response.StatusCode, nil
}

func (m *machine) awaitImages(want int) {
	m.t.Helper()
	var status int
	var err error
	if !kit.Poll(kit.Timeout, func() bool {
		status, err = m.get("/images")
		return status == want
	}) {
		m.t.Fatalf("GET /images: %d %v, want %d\n%s", status, err, want, m.log("registry.log"))
	}
}

func (m *machine) log(name string) string {
	content, _ := os.ReadFile(filepath.Join(m.root, "var/log/glance", name))
	return string(content)
}

// Kolla's kolla_start runs the words of config.json. SIGHUP has the files read again.
func TestStartOfKolla(t *testing.T) {
	m := newMachine(t, "log_dir = /var/log/glance\nlog_file = registry.log")
	var config struct{ Command string }
	if err := json.Unmarshal([]byte(m.example("kolla-config.json")), &config); err != nil {
		t.Fatal(err)
	}
	s := m.start(strings.Fields(config.Command)...)
	name := filepath.Join(m.root, "etc/glance/glance-registry.conf")
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	m.write("etc/glance/glance-registry.conf", strings.Replace(string(before), "workers = 2", "enable_v1_registry = false", 1))
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	m.awaitImages(http.StatusNotFound)
	s.stop()
	info, err := os.Stat(filepath.Join(m.root, "var/log/glance/registry.log"))
	if err != nil || info.Mode() != 0o640 || !strings.Contains(m.log("registry.log"), "/images") {
		t.Errorf("%v %v\n%s", info, err, m.log("registry.log"))
	}
}

// The chart of openstack-helm has a script of bash.
func TestStartOfHelm(t *testing.T) {
	m := newMachine(t, "")
	m.install("bash", "bash")
	m.write("tmp/glance-registry.sh", m.example("helm-start.sh"))
	s := m.start("bash", "/tmp/glance-registry.sh", "start")
	s.stop()
	if !strings.Contains(s.output.String(), "/images") {
		t.Errorf("nothing was logged to standard error:\n%s", &s.output)
	}
}

// Debian's init script puts the service into the background, as the user glance.
func TestStartOfDebian(t *testing.T) {
	m := newMachine(t, "")
	m.install("sh", "sh")
	m.install("start-stop-daemon", "start-stop-daemon")
	m.write("etc/init.sh", m.example("debian-init.sh"))
	run := func(action string) {
		t.Helper()
		if out, err := m.command(0, "sh", "/etc/init.sh", action).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", action, err, out)
		}
	}
	run("start")
	t.Cleanup(func() {
		pid, _ := os.ReadFile(filepath.Join(m.root, "run/glance/glance-registry.pid"))
		if n, err := strconv.Atoi(strings.TrimSpace(string(pid))); err == nil && n > 1 {
			_ = syscall.Kill(n, syscall.SIGKILL)
		}
	})
	m.awaitImages(http.StatusOK)
	run("stop")
	if _, err := m.get("/images"); err == nil {
		t.Error("it serves when it was stopped")
	}
	if !strings.Contains(m.log("glance-registry.log"), "/images") {
		t.Errorf("the log has\n%s", m.log("glance-registry.log"))
	}
}

// RDO's unit names no file: those of the package and of /etc/glance are found.
func TestStartOfRDO(t *testing.T) {
	m := newMachine(t, "")
	m.write("usr/share/glance/glance-registry-dist.conf", m.example("glance-registry-dist.conf"))
	if err := os.Rename(filepath.Join(m.root, "etc/glance/glance-registry-paste.ini"), filepath.Join(m.root, "usr/share/glance/glance-registry-dist-paste.ini")); err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(m.example("rdo.service"), "ExecStart=")
	command, _, _ := strings.Cut(rest, "\n")
	s := m.start(strings.Fields(command)...)
	s.stop()
	if !strings.Contains(m.log("registry.log"), "/usr/share/glance/glance-registry-dist.conf, /etc/glance/glance-registry.conf") {
		t.Errorf("the log does not name the files:\n%s", m.log("registry.log"))
	}
}

// A start that fails says why on standard error, although there is a log file.
func TestStartFails(t *testing.T) {
	m := newMachine(t, "log_file = /var/log/glance/registry.log")
	l, err := net.Listen("tcp", "127.0.0.1:"+m.port)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	out, err := m.command(account, "glance-registry", "--config-file", "/etc/glance/glance-registry.conf").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "address already in use") && !strings.Contains(string(out), "another process listens") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = m.command(account, "glance-registry", "--config-file", "/etc/glance/missing.conf").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "/etc/glance/missing.conf: no such file") {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = m.command(account, "glance-registry", "--version").CombinedOutput()
	if err != nil || len(out) == 0 {
		t.Errorf("--version: %v\n%s", err, out)
	}
}
