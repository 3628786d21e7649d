package glanceconf

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is made into the files that it is compared with")

// inputOf is a folder of testdata: root has the files of a machine, and env the
// environment and, as FILE, the configuration file.
func inputOf(t *testing.T, name string) Input {
	t.Helper()
	env := map[string]string{"FILE": "/etc/glance/glance-registry.conf"}
	content, _ := os.ReadFile(filepath.Join("testdata", name, "env"))
	for line := range strings.Lines(string(content)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		env[key] = value
	}
	root := filepath.Join("testdata", name, "root")
	body, err := os.ReadFile(filepath.Join(root, env["FILE"]))
	if err != nil {
		t.Fatal(err)
	}
	return Input{
		File: env["FILE"], Content: body, Root: os.DirFS(root),
		Getenv: func(key string) (string, bool) { value, ok := env[key]; return value, ok },
	}
}

// Every folder of testdata has the Caddyfile, or the errors, that are made of
// its files.
func TestExamples(t *testing.T) {
	folders, err := os.ReadDir("testdata")
	if err != nil || len(folders) < 10 {
		t.Fatalf("%d folders, %v", len(folders), err)
	}
	list, err := os.ReadFile(filepath.Join("testdata", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if folder.Name() == "fuzz" || !folder.IsDir() {
			continue
		}
		if !strings.Contains(string(list), "`"+folder.Name()+"`") {
			t.Errorf("testdata/README.md does not have %s", folder.Name())
		}
		t.Run(folder.Name(), func(t *testing.T) {
			settings, findings, err := Read(inputOf(t, folder.Name()))
			file, got := "errors.txt", ""
			if err != nil {
				got = err.Error() + "\n"
			} else {
				file, got = "Caddyfile", settings.Caddyfile(findings)
			}
			for _, secret := range []string{"s3cr", "gl#nce", "4hLk9", "9xPq", "k3y", "dbpw", "p%25w", "$ecret", "s$$cret", "pa$$", "pa$word", "0f9e"} {
				if strings.Contains(got, secret) {
					t.Errorf("it has the secret %s", secret)
				}
			}
			path := filepath.Join("testdata", folder.Name(), file)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("%v; got\n%s", err, got)
			}
			if string(want) != got {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
