package servers

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

// KeystonePassword is that of Keystone's user admin, who has the role admin in
// the project admin.
const KeystonePassword = "secret"

// keystone is the Keystone that the tests of one binary share: it takes some
// seconds to start, and projects keep tests apart.
var keystone struct {
	once    sync.Once
	err     error
	folder  folder
	running []*process
	url     string

	expiring sync.Once // a second one
	err2     error
	url2     string
}

// NewKeystone returns the address of a Keystone that the tests of the binary
// share, with the user admin. It ends with Stop.
func NewKeystone(t testing.TB) (url string) {
	t.Helper()
	Require(t, Keystone)
	keystone.once.Do(func() {
		if keystone.folder, keystone.err = newKeystoneFolder(); keystone.err == nil {
			keystone.url, keystone.err = startKeystone(keystone.folder, time.Hour)
		}
	})
	if keystone.err != nil {
		t.Fatalf("keystone does not start: %v", keystone.err)
	}
	return keystone.url
}

// NewExpiringKeystone returns the address of a second process of the shared
// Keystone, whose tokens expire after two seconds. It is the same cloud: either
// process knows the tokens of the other.
func NewExpiringKeystone(t testing.TB) (url string) {
	t.Helper()
	NewKeystone(t)
	keystone.expiring.Do(func() { keystone.url2, keystone.err2 = startKeystone(keystone.folder, 2*time.Second) })
	if keystone.err2 != nil {
		t.Fatalf("keystone does not start a second time: %v", keystone.err2)
	}
	return keystone.url2
}

func stopKeystone() {
	for _, p := range keystone.running {
		p.stop(syscall.SIGINT)
	}
	if keystone.folder.path != "" {
		keystone.folder.remove()
	}
}

// newKeystoneFolder makes a database with the user admin, and keys.
func newKeystoneFolder() (folder, error) {
	f, err := newFolder(Keystone, "keystone")
	if err != nil {
		return f, err
	}
	if err = makeFernetKeys(f); err == nil {
		err = f.write("setup.conf", keystoneConfig(f, time.Hour))
	}
	manage := func(args ...string) {
		if err == nil {
			err = f.run("keystone-manage", append([]string{"--config-file", f.file("setup.conf")}, args...)...)
		}
	}
	manage("db_sync")
	if err == nil {
		err = letReadersIn(f.file("keystone.sqlite"))
	}
	manage("bootstrap", "--bootstrap-password", KeystonePassword)
	return f, err
}

// letReadersIn keeps the processes of Keystone, which read for long, from
// locking each other out.
func letReadersIn(path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec("PRAGMA journal_mode = WAL")
	return err
}

// makeFernetKeys does what "keystone-manage fernet_setup" takes a second for.
func makeFernetKeys(f folder) error {
	if err := os.Mkdir(f.file("fernet"), 0o700); err != nil {
		return err
	}
	for _, name := range []string{"fernet/0", "fernet/1"} {
		key := make([]byte, 32)
		_, _ = rand.Read(key)
		if err := f.write(name, base64.URLEncoding.EncodeToString(key)); err != nil {
			return err
		}
	}
	if f.owner == nil {
		return nil
	}
	return os.Chown(f.file("fernet"), int(f.owner.Uid), int(f.owner.Gid))
}

func keystoneConfig(f folder, expiration time.Duration) string {
	return fmt.Sprintf(`[DEFAULT]
log_file =
[database]
connection = sqlite:///%s
[fernet_tokens]
key_repository = %s
[fernet_receipts]
key_repository = %[2]s
[token]
expiration = %[3]d
[identity]
password_hash_rounds = 4
[catalog]
driver = sql
`, f.file("keystone.sqlite"), f.file("fernet"), int(expiration.Seconds()))
}

// startKeystone serves what is in the folder data.
func startKeystone(data folder, expiration time.Duration) (url string, err error) {
	// Another program may have taken the port in the meantime.
	for range 3 {
		if url, err = startKeystoneOnce(data, expiration); err == nil {
			return url, nil
		}
	}
	return "", err
}

func startKeystoneOnce(data folder, expiration time.Duration) (string, error) {
	port, err := kit.FreePort()
	if err != nil {
		return "", err
	}
	f, err := newFolder(Keystone, "keystone")
	if err != nil {
		return "", err
	}
	var p *process
	if err = f.write("keystone.conf", keystoneConfig(data, expiration)); err == nil {
		var application []string
		if application, err = keystoneApplication(f); err == nil {
			p, err = launch(f, "uwsgi", append([]string{"--plugin", "python3", "--http-socket", fmt.Sprintf("127.0.0.1:%d", port),
				"--master", "--no-orphans", "--processes", "2", "--need-app", "--listen", "100",
				// It closes connections, and says so only if configured to.
				"--add-header", "Connection: close"}, application...)...)
		}
	}
	if err != nil {
		f.remove()
		return "", err
	}
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	if err := p.await(func(ctx context.Context) error { return serves(ctx, url+"/v3") }); err != nil {
		p.stop(syscall.SIGINT)
		return "", err
	}
	keystone.running = append(keystone.running, p)
	return url, nil
}

// keystoneApplication is what uWSGI is to run: a module since 2024, a script
// before that.
func keystoneApplication(f folder) ([]string, error) {
	if hasModule(f.root, "keystone/wsgi/api.py") {
		return []string{"--module", "keystone.wsgi.api:application", "--lazy-apps", "--env", "OS_KEYSTONE_CONFIG_FILES=" + f.file("keystone.conf")}, nil
	}
	script, err := locate(f.root, "keystone-wsgi-public")
	return []string{"--wsgi-file", script, "--pyargv", "--config-file " + f.file("keystone.conf")}, err
}

// serves reports an error until there is an answer.
func serves(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}

// KeystoneDatabase is the SQLite file of the shared Keystone.
func KeystoneDatabase(t testing.TB) (path string) {
	t.Helper()
	NewKeystone(t)
	return keystone.folder.file("keystone.sqlite")
}
