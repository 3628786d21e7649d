package commands

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/integration/keystonetest"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/servers"
)

// runCheckJSON runs the command for a Caddyfile and returns its results by the
// names of the checks, and its exit code.
func runCheckJSON(t *testing.T, caddyfile string) (map[string]checkResult, int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "Caddyfile")
	if err := os.WriteFile(file, []byte(caddyfile), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := runCheckOf(t, "--config", file, "--adapter", "caddyfile", "--json")
	var printed struct{ Results []checkResult }
	if err := json.Unmarshal([]byte(out), &printed); err != nil && code != exitNotChecked {
		t.Fatalf("%v in %s", err, out)
	}
	results := map[string]checkResult{}
	for _, r := range printed.Results {
		results[r.Check] = r
	}
	if strings.Contains(out, "s3cret") {
		t.Errorf("it has the password: %s", out)
	}
	return results, code
}

func runCheckOf(t *testing.T, args ...string) (string, int) {
	t.Helper()
	var out, other bytes.Buffer
	cmd := checkCommand()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&other)
	err := cmd.Execute()
	switch {
	case err == nil:
		return out.String(), exitFine
	case strings.Contains(err.Error(), errChecksFailed.Error()):
		return out.String(), exitFailed
	case strings.Contains(err.Error(), errWarnings.Error()):
		return out.String(), exitWarnings
	}
	return out.String() + err.Error(), exitNotChecked
}

func checkSite(t *testing.T, settings string) string {
	return "{\nadmin off\n}\nhttp://" + kit.FreeAddress(t) + " {\nbind 127.0.0.1\nglance_registry {\n" + settings + "\n}\n}\n"
}

func wantResults(t *testing.T, got map[string]checkResult, want map[string]string) {
	t.Helper()
	for name, want := range want {
		result, text, _ := strings.Cut(want, ": ")
		if r := got[name]; r.Result != result || !strings.Contains(r.Text, text) {
			t.Errorf("%s: got %s: %s, want %s", name, r.Result, r.Text, want)
		}
	}
}

// A database as it should be, of each kind.
func TestCheckDatabases(t *testing.T) {
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewDatabase(t, dialect)
			got, code := runCheckJSON(t, checkSite(t, "database "+db.URL))
			wantResults(t, got, map[string]string{
				"configuration": "ok", "port": "ok", "database": "ok", "schema": "ok: Train", "rights": "ok: reading and writing",
				"indexes": "ok", "database clock": "ok", "changes": "skipped",
			})
			if code != exitFine {
				t.Errorf("exit code %d", code)
			}
			if _, err := db.DB.Exec("DROP INDEX ix_image_properties_deleted" + onTable(dialect, "image_properties")); err != nil {
				t.Fatal(err)
			}
			if got, code := runCheckJSON(t, checkSite(t, "database "+db.URL)); code != exitFine {
				t.Errorf("an index that nobody needs: %d, %v", code, got["indexes"])
			}
			if _, err := db.DB.Exec("DROP INDEX owner_image_idx" + onTable(dialect, "images")); err != nil {
				t.Fatal(err)
			}
			got, code = runCheckJSON(t, checkSite(t, "database "+db.URL))
			wantResults(t, got, map[string]string{"indexes": "warning: CREATE INDEX ix_images_owner ON images (owner)"})
			if code != exitWarnings {
				t.Errorf("exit code %d", code)
			}
			if _, err := db.DB.Exec("ALTER TABLE image_tags RENAME TO other"); err != nil {
				t.Fatal(err)
			}
			got, code = runCheckJSON(t, checkSite(t, "database "+db.URL))
			wantResults(t, got, map[string]string{"database": "failed: image_tags", "schema": "skipped: after: database"})
			if code != exitFailed {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

func onTable(dialect servers.Kind, table string) string {
	if dialect == servers.MySQL {
		return " ON " + table
	}
	return ""
}

// Without triggers in PostgreSQL its changes can't be followed.
func TestCheckChanges(t *testing.T) {
	db := servers.NewDatabase(t, servers.PostgreSQL)
	site := checkSite(t, "database "+db.URL+"\ncache {\nchanges\n}")
	got, code := runCheckJSON(t, site)
	wantResults(t, got, map[string]string{"changes": "failed: install"})
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	if err := feed.Install(t.Context(), db.URL); err != nil {
		t.Fatal(err)
	}
	got, code = runCheckJSON(t, site)
	wantResults(t, got, map[string]string{"changes": "ok"})
	if code != exitFine {
		t.Errorf("exit code %d", code)
	}
}

// A user who may only read is enough for a trial, and for nothing else.
func TestCheckRights(t *testing.T) {
	db := servers.NewDatabase(t, servers.MySQL)
	for _, statement := range []string{
		"CREATE USER checked@'%' IDENTIFIED BY 's3cret'", "GRANT SELECT ON * TO checked@'%'",
	} {
		if _, err := db.DB.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _, _ = db.DB.Exec("DROP USER checked@'%'") })
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("checked", "s3cret")
	got, code := runCheckJSON(t, checkSite(t, "database "+u.String()))
	wantResults(t, got, map[string]string{"rights": "failed: UPDATE on images", "schema": "ok"})
	if code != exitFailed || strings.Contains(got["rights"].Text, "SELECT on") {
		t.Errorf("exit code %d, %v", code, got["rights"])
	}
	got, code = runCheckJSON(t, checkSite(t, "database "+u.String()+" {\nread_only\n}"))
	wantResults(t, got, map[string]string{"rights": "ok: for reading"})
	if code != exitFine {
		t.Errorf("exit code %d", code)
	}
}

func TestCheckFails(t *testing.T) {
	got, code := runCheckJSON(t, checkSite(t, `database mysql://u:s3cret@127.0.0.1:1/glance
		cache {
			redis redis://127.0.0.1:1
		}
		identity keystone {
			auth_url http://127.0.0.1:1
			username glance
			password s3cret
			project_name service
		}`))
	wantResults(t, got, map[string]string{
		"configuration": "ok", "log": "ok: standard error", "database": "failed: refused; check host and port", "rights": "skipped", "redis": "failed: refused",
		"keystone": "failed: refused", "keystone clock": "skipped: after: keystone",
	})
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
}

// A port that is in use is a warning: it mostly is the old service that has it.
func TestCheckPort(t *testing.T) {
	dir := t.TempDir()
	createSQLite(t, filepath.Join(dir, "x.sqlite"), false)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	site := "http://" + l.Addr().String() + " {\nbind 127.0.0.1\nglance_registry {\ndatabase sqlite:///" + dir + "/x.sqlite\n}\n}"
	got, code := runCheckJSON(t, site)
	wantResults(t, got, map[string]string{"port": "warning: stop the old glance-registry"})
	if code != exitWarnings {
		t.Errorf("exit code %d", code)
	}
	got, _ = runCheckJSON(t, strings.Replace(site, "bind 127.0.0.1", "bind 192.0.2.1", 1))
	wantResults(t, got, map[string]string{"port": "failed: does not have this address"})
}

func TestCheckConfigurations(t *testing.T) {
	got, code := runCheckJSON(t, checkSite(t, "database mysql://u:s3cret@h/d\npolicy_file /does/not/exist"))
	wantResults(t, got, map[string]string{"configuration": "failed: /does/not/exist"})
	if code != exitFailed || len(got) != len(configurationChecks) {
		t.Errorf("exit code %d, %v", code, got)
	}
	for name, config := range map[string]string{
		"syntax":     "http://127.0.0.1:1 {\nglance_registry {\nhello\n}\n}",
		"no handler": "http://127.0.0.1:0 {\nrespond hello\n}",
	} {
		if _, code := runCheckJSON(t, config); code != exitNotChecked {
			t.Errorf("%s: exit code %d", name, code)
		}
	}
	// Settings come from the global block, too, and handlers are found anywhere.
	dir := t.TempDir()
	got, code = runCheckJSON(t, "{\nglance_registry {\ndatabase sqlite:///"+dir+"/x.sqlite {\ncreate\n}\n}\n}\n"+
		"http://"+kit.FreeAddress(t)+" {\nbind 127.0.0.1\nhandle /images* {\nroute {\nglance_registry\n}\n}\n}")
	wantResults(t, got, map[string]string{"database": "ok: does not exist yet"})
	if files, _ := os.ReadDir(dir); code != exitFine || len(files) > 0 {
		t.Errorf("exit code %d, files %v", code, files)
	}
}

// The configuration of the old service can be checked as it is, and opens no log.
func TestCheckOldConfig(t *testing.T) {
	dir := t.TempDir()
	createSQLite(t, filepath.Join(dir, "x.sqlite"), false)
	t.Setenv("GLANCE_REGISTRY_WITHOUT_FLAVOR", "everyone-is-admin")
	_, port, _ := net.SplitHostPort(kit.FreeAddress(t))
	path := oldConfig(t, "[DEFAULT]\nbind_host = 127.0.0.1\nbind_port = "+port+"\nlog_file = "+dir+"/registry.log\n"+
		"[database]\nconnection = sqlite:///"+dir+"/x.sqlite\n")
	out, code := runCheckOf(t, "--config", path, "--adapter", adapterName)
	if code != exitFine || !strings.Contains(out, "sqlite:///"+dir+"/x.sqlite\n  ok ") || !strings.Contains(out, "  skipped") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "registry.log")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the log: %v", err)
	}
}

// A log that can't be written keeps the gateway from starting.
func TestCheckLog(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		file:               "ok: can be written",
		dir + "/new/x.log": "ok: can be written",
		file + "/x.log":    "failed: the gateway would not start",
		dir:                "failed: is a directory",
	} {
		got, _ := runCheckJSON(t, "{\nlog {\noutput file "+path+"\n}\n}\n"+strings.TrimPrefix(checkSite(t, "database sqlite:////x/y"), "{\nadmin off\n}\n"))
		wantResults(t, got, map[string]string{"log": want})
	}
	if _, err := os.Stat(dir + "/new"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder was made: %v", err)
	}
}

func TestCheckRedis(t *testing.T) {
	dir := t.TempDir()
	createSQLite(t, filepath.Join(dir, "x.sqlite"), false)
	got, code := runCheckJSON(t, checkSite(t, "database sqlite:///"+dir+"/x.sqlite\ncache {\nchanges\nredis "+servers.NewRedis(t)+"\n}"))
	wantResults(t, got, map[string]string{"redis": "ok", "changes": "ok"})
	if code != exitFine {
		t.Errorf("exit code %d", code)
	}
}

func TestCheckKeystone(t *testing.T) {
	cloud := keystonetest.New(t)
	dir := t.TempDir()
	createSQLite(t, filepath.Join(dir, "x.sqlite"), false)
	identity := func(user *keystonetest.User, password string) string {
		return "database sqlite:///" + dir + "/x.sqlite\nidentity keystone {\nauth_url " + cloud.URL +
			"\nusername " + user.Name + "\npassword \"" + password + "\"\nproject_name " + user.ProjectName + "\n}"
	}
	service, member := cloud.User(t, "service"), cloud.User(t, "member")
	got, code := runCheckJSON(t, checkSite(t, identity(service, service.Password)))
	wantResults(t, got, map[string]string{"keystone": "ok", "keystone roles": "ok", "keystone clock": "ok"})
	if code != exitFine {
		t.Errorf("exit code %d", code)
	}
	got, code = runCheckJSON(t, checkSite(t, identity(member, member.Password)))
	wantResults(t, got, map[string]string{"keystone": "ok", "keystone roles": `warning: "member"`})
	if code != exitWarnings {
		t.Errorf("exit code %d", code)
	}
	got, code = runCheckJSON(t, checkSite(t, identity(service, "s3cret")))
	wantResults(t, got, map[string]string{"keystone": "failed: login", "keystone roles": "skipped", "keystone clock": "skipped"})
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
}

func TestCheckSkew(t *testing.T) {
	for _, c := range []struct {
		ahead, precision time.Duration
		want             string
	}{
		{0, 0, "ok: within 2s"},
		{2 * time.Second, 0, "ok"},
		{2500 * time.Millisecond, 0, "warning: it is 2.5s ahead of"},
		{-2500 * time.Millisecond, 0, "warning: it is 2.5s behind"},
		{-2500 * time.Millisecond, time.Second, "ok: within 3s"},
		{time.Hour, time.Second, "warning: it is 1h0m0s ahead of"},
	} {
		result, text := checkSkew(c.ahead, c.precision, "harm")
		want, part, _ := strings.Cut(c.want, ": ")
		if result != want || !strings.Contains(text, part) {
			t.Errorf("%s: %s: %s, want %s", c.ahead, result, text, c.want)
		}
	}
}

// createSQLite has the gateway make a database file, with demo images if asked.
func createSQLite(t *testing.T, path string, demo bool) {
	t.Helper()
	b, err := dbbackend.Open(dbbackend.Config{URL: "sqlite:///" + path, Create: true, Demo: demo})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
}
