package documents

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/integration/caddykit"
	"github.com/glancegate/glancegate/integration/kit"
)

// What differs between two runs of the commands of the README.
var changing = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`req-[0-9a-f-]{36}`), "req-ID"},
	{regexp.MustCompile(`(?m)^Date: .*$`), "Date: DATE"},
	{regexp.MustCompile(`"deleted_at":"20[0-9T:.-]+"`), `"deleted_at":"TIME"`},
	{regexp.MustCompile(`"(lag|values|bytes)": [0-9.e-]+`), `"$1": N`},
	{regexp.MustCompile(`"(version|commit|date|go)": "[^"]*"`), `"$1": "BUILD"`},
	{regexp.MustCompile(`(?m)[ \r]+$`), ""},
}

func withoutChanges(text string) string {
	for _, c := range changing {
		text = c.pattern.ReplaceAllString(text, c.instead)
	}
	return strings.TrimRight(text, "\n")
}

// The commands of "Try it" in the README print what it shows.
func TestReadme(t *testing.T) {
	for _, program := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			kit.Lacking(t, "%v", err)
		}
	}
	_, rest, ok := strings.Cut(read(t, root+"/README.md"), "\n## Try it\n")
	section, _, ok2 := strings.Cut(rest, "\n## ")
	if !ok || !ok2 {
		t.Fatal("README.md has no section Try it")
	}
	commands, outputs := transcript(section)
	if len(commands) < 15 {
		t.Fatalf("only %d commands were found", len(commands))
	}
	address, admin := startExample(t)
	const end = "--- end of output ---"
	script := strings.Join(commands, "\necho '"+end+"'\n") + "\n"
	script = strings.NewReplacer("127.0.0.1:9191", address, "127.0.0.1:2019", admin).Replace(script)
	run := exec.Command("bash", "-c", script)
	printed, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	real := strings.Split(string(printed), end+"\n")
	for n, command := range commands {
		if got, want := withoutChanges(real[n]), withoutChanges(outputs[n]); got != want {
			t.Errorf("$ %s\n%s\nREADME.md has\n%s", command, got, want)
		}
	}
}

// transcript are the commands of a section, and what it shows as their output.
func transcript(section string) (commands, outputs []string) {
	inBlock := false
	for line := range strings.Lines(section) {
		switch {
		case strings.HasPrefix(line, "```"):
			inBlock = strings.HasPrefix(line, "```console")
		case !inBlock:
		case strings.HasPrefix(line, "$ "):
			commands = append(commands, strings.TrimSuffix(line[2:], "\n"))
			outputs = append(outputs, "")
		default:
			outputs[len(outputs)-1] += line
		}
	}
	return commands, outputs
}

// startExample runs Caddyfile.example on free ports.
func startExample(t *testing.T) (site, admin string) {
	t.Helper()
	example := read(t, root+"/Caddyfile.example")
	t.Chdir(t.TempDir())
	site, admin = kit.FreeAddress(t), kit.FreeAddress(t)
	example = strings.NewReplacer("\n:9191 {", "\nhttp://"+site+" {", "\n{\n", "\n{\nadmin "+admin+"\npersist_config off\n").Replace(example)
	if err := caddy.Load(caddykit.Adapt(t, example), true); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := caddy.Stop(); err != nil {
			t.Error(err)
		}
	})
	return site, admin
}
