// Package documents tests that the documents say what the gateway does.
package documents

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/rpc"
)

// commandRow is a row of the tables of commands in docs/rpc.md.
var commandRow = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| `([^`]*)` \\| (Mitaka|Rocky) \\| [^|]+ \\| [^|]*\\|$")

// numberMissing is how many arguments a command lacks.
var numberMissing = regexp.MustCompile(`missing (\d+) required`)

func readRPC(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/rpc.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The tables have every command, each once, and no other.
func TestRPCHasAllCommands(t *testing.T) {
	commands := rpc.CommandNames()
	var written []string
	for _, row := range commandRow.FindAllStringSubmatch(readRPC(t), -1) {
		written = append(written, row[1])
	}
	slices.Sort(commands)
	slices.Sort(written)
	if !slices.Equal(commands, written) {
		t.Errorf("docs/rpc.md has\n%s\nthe gateway has\n%s", written, commands)
	}
}

// The arguments are those that the gateway takes, and those without a default are
// those that it asks for.
func TestRPCHasAllArguments(t *testing.T) {
	rows := commandRow.FindAllStringSubmatch(readRPC(t), -1)
	var names []string // of the arguments of any command
	for _, row := range rows {
		for argument := range strings.SplitSeq(row[2], ", ") {
			name, _, _ := strings.Cut(argument, "=")
			names = append(names, name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, row := range rows {
		command, required := row[1], 0
		missing := complaint(t, command, `{}`)
		var arguments []string
		for argument := range strings.SplitSeq(row[2], ", ") {
			name, _, optional := strings.Cut(argument, "=")
			arguments = append(arguments, name)
			if optional {
				continue
			}
			required++
			if !strings.Contains(missing, "'"+name+"'") {
				t.Errorf("%s without %s: %s", command, name, missing)
			}
		}
		if asked := numberMissing.FindStringSubmatch(missing); asked == nil && required > 0 || asked != nil && asked[1] != strconv.Itoa(required) {
			t.Errorf("%s has %d arguments without a default in docs/rpc.md: %s", command, required, missing)
		}
		for _, name := range names {
			unknown := strings.Contains(complaint(t, command, `{"`+name+`": null, "zzz": null}`), "unexpected keyword argument '"+name+"'")
			if unknown == slices.Contains(arguments, name) {
				t.Errorf("%s: docs/rpc.md is wrong about the argument %s", command, name)
			}
		}
	}
}

// complaint is what a command says about its arguments. One that has no complaint
// goes on to the database, of which there is none here.
func complaint(t *testing.T, command, kwargs string) (said string) {
	t.Helper()
	defer func() { _ = recover() }()
	h := &rpc.API{Service: &registry.Service{}, BodyLimit: 1 << 20, MaxCommands: 1, MaxDepth: 8}
	w := httptest.NewRecorder()
	body := `[{"command": "` + command + `", "kwargs": ` + kwargs + `}]`
	h.Serve(w, httptest.NewRequest(http.MethodPost, "/rpc", strings.NewReader(body)), &access.Caller{})
	return w.Body.String()
}

// Every class of errors is named.
func TestRPCHasAllErrors(t *testing.T) {
	text := readRPC(t)
	for _, class := range rpc.ErrorClasses() {
		if !strings.Contains(text, "`"+class+"`") {
			t.Errorf("docs/rpc.md lacks %s", class)
		}
	}
}
