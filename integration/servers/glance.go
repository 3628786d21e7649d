package servers

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// GlanceAPI is a glance-api of one test, with its images in a folder of its own.
type GlanceAPI struct {
	// BaseURL is its root, without a slash at its end.
	BaseURL string

	// Images is the folder of its file store.
	Images string

	process *process
}

// Identity is how a glance-api knows who sends a request.
type Identity struct {
	// Keystone is where tokens are validated; empty: it believes headers.
	Keystone string

	// The service user that validates them, in the default domain.
	Username, Password, Project string
}

// GlanceManage runs glance-manage on a database: "db", "sync" for instance makes
// its tables or upgrades them. The test is skipped where Glance is missing.
func GlanceManage(t testing.TB, db *Database, args ...string) {
	t.Helper()
	glanceManage(t, Glance, db, args)
}

// OtherGlanceManage is GlanceManage of OtherGlance.
func OtherGlanceManage(t testing.TB, db *Database, args ...string) {
	t.Helper()
	glanceManage(t, OtherGlance, db, args)
}

func glanceManage(t testing.TB, kind Kind, db *Database, args []string) {
	t.Helper()
	f := newGlanceFolder(t, kind, db, 0)
	if err := f.run("glance-manage", append([]string{"--config-file", f.file("glance-api.conf")}, args...)...); err != nil {
		t.Fatal(err)
	}
}

// NewGlanceAPI starts a glance-api on a database that has its tables. It believes
// the identity headers of everybody, as registries with the flavour trusted-auth
// do: X-Identity-Status, X-User-Id, X-Project-Id and X-Roles.
func NewGlanceAPI(t testing.TB, db *Database) *GlanceAPI {
	t.Helper()
	return newGlanceAPI(t, Glance, db, Identity{}, "")
}

// NewPublicGlanceAPI starts a glance-api that takes the tokens of a Keystone, with
// further sections of its configuration. It has a file store and an HTTP store,
// lets clients register data of the latter, and fetches from this host what they
// name.
func NewPublicGlanceAPI(t testing.TB, db *Database, identity Identity, sections string) *GlanceAPI {
	t.Helper()
	return newGlanceAPI(t, Glance, db, identity, sections)
}

// NewOtherPublicGlanceAPI is NewPublicGlanceAPI of OtherGlance.
func NewOtherPublicGlanceAPI(t testing.TB, db *Database, identity Identity, sections string) *GlanceAPI {
	t.Helper()
	return newGlanceAPI(t, OtherGlance, db, identity, sections)
}

// Output is the end of what it has logged.
func (a *GlanceAPI) Output() string { return a.process.output() }

// Kill ends the program at once.
func (a *GlanceAPI) Kill() {
	_ = a.process.cmd.Process.Kill()
	<-a.process.done
}

func newGlanceAPI(t testing.TB, kind Kind, db *Database, identity Identity, sections string) *GlanceAPI {
	t.Helper()
	var err error
	// Another program may have taken the port in the meantime.
	for range 3 {
		var port int
		if port, err = kit.FreePort(); err != nil {
			continue
		}
		a := &GlanceAPI{BaseURL: fmt.Sprintf("http://127.0.0.1:%d", port)}
		f := newGlanceFolder(t, kind, db, port)
		a.Images = f.file("images")
		if identity.Keystone != "" {
			if err := identity.write(f, db, port, sections); err != nil {
				t.Fatal(err)
			}
		}
		var p *process
		if p, err = launchGlanceAPI(f, port); err != nil {
			continue
		}
		a.process = p
		t.Cleanup(func() { p.stop(syscall.SIGTERM) })
		if err = p.await(a.ready); err == nil {
			return a
		}
	}
	t.Fatalf("glance-api does not start: %v", err)
	return nil
}

// launchGlanceAPI starts the program, or the module in uWSGI that has replaced it.
func launchGlanceAPI(f folder, port int) (*process, error) {
	if !hasModule(f.root, "glance/wsgi/api.py") {
		return launch(f, "glance-api", "--config-file", f.file("glance-api.conf"))
	}
	return launch(f, "uwsgi", "--plugin", "python3", "--module", "glance.wsgi.api:application", "--lazy-apps",
		"--env", "OS_GLANCE_CONFIG_DIR="+f.path, "--http-socket", fmt.Sprintf("127.0.0.1:%d", port),
		"--master", "--no-orphans", "--die-on-term", "--processes", "2", "--need-app", "--enable-threads", "--listen", "100",
		"--buffer-size", "65535", "--add-header", "Connection: close")
}

// ready sees whether requests are answered.
func (a *GlanceAPI) ready(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.BaseURL+"/versions", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("GET /versions: %s", answer.Status)
	}
	return nil
}

// newGlanceFolder has the configuration of both programs.
func newGlanceFolder(t testing.TB, kind Kind, db *Database, port int) folder {
	t.Helper()
	Require(t, kind)
	f, err := newFolder(kind)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.remove)
	if err := os.Mkdir(f.file("images"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"glance-api.conf": fmt.Sprintf(`[DEFAULT]
bind_host = 127.0.0.1
bind_port = %d
workers = 0
node_staging_uri = file://%[2]s/staging
[database]
connection = %[3]s
[glance_store]
stores = file,http
default_store = file
filesystem_store_datadir = %[2]s/images
[paste_deploy]
config_file = %[2]s/paste.ini
[oslo_concurrency]
lock_path = %[2]s
[import_filtering_opts]
allowed_ports = []
allowed_hosts = [127.0.0.1]
`, port, f.path, db.URL),
		"paste.ini": glancePaste,
	} {
		if err := f.write(name, text); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

const glancePaste = `[pipeline:glance-api]
pipeline = versionnegotiation context rootapp
[composite:rootapp]
paste.composite_factory = glance.api:root_app_factory
/: apiversions
/v2: apiv2app
[app:apiversions]
paste.app_factory = glance.api.versions:create_resource
[app:apiv2app]
paste.app_factory = glance.api.v2.router:API.factory
[filter:versionnegotiation]
paste.filter_factory = glance.api.middleware.version_negotiation:VersionNegotiationFilter.factory
[filter:context]
paste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory
`
