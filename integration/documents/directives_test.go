package documents

import (
	"regexp"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"
)

const configuration = root + "/docs/configuration.md"

// surplus is what the grammar says to a name that no block has.
var surplus = regexp.MustCompile(`has no subdirective "zzz"; use one of: (.*?)(?:, at |$)`)

// subdirectives asks the grammar for the names in a block, which is the place of
// %s.
func subdirectives(t *testing.T, block string) []string {
	t.Helper()
	config := ":9191 {\nglance_registry {\n" + strings.Replace(block, "%s", "zzz", 1) + "\n}\n}\n"
	_, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(config), nil)
	if err == nil {
		t.Fatalf("the grammar takes zzz in\n%s", config)
	}
	names := surplus.FindStringSubmatch(err.Error())
	if names == nil {
		t.Fatalf("%v in\n%s", err, config)
	}
	return strings.Split(names[1], ", ")
}

// docs/configuration.md has a section for each directive, and explains each of its
// options.
func TestDirectives(t *testing.T) {
	sections := map[string]string{}
	for _, text := range strings.Split(read(t, configuration), "\n## ")[1:] {
		name, body, _ := strings.Cut(text, "\n")
		for part := range strings.SplitSeq(name, " and ") {
			sections[part] = body
		}
	}
	directives := subdirectives(t, "%s")
	for _, name := range directives {
		if sections[name] == "" {
			t.Errorf("docs/configuration.md has no section ## %s", name)
		}
	}
	for _, block := range []string{"database x {\n%s\n}", "identity trusted {\n%s\n}", "identity keystone {\n%s\n}", "policy_file x {\n%s\n}", "limits {\n%s\n}", "cache {\n%s\n}", "retire {\n%s\n}", "shadow http://x {\n%s\n}"} {
		directive, _, _ := strings.Cut(block, " ")
		explained := strings.Join(spansOf(sections[directive]), "\n")
		for _, option := range subdirectives(t, block) {
			if !regexp.MustCompile(`(?m)^` + option + `\b`).MatchString(explained) {
				t.Errorf("docs/configuration.md does not explain %s in %s", option, directive)
			}
		}
	}
	list, _, _ := strings.Cut(read(t, configuration), "\n## ")
	for _, name := range directives {
		if !strings.Contains(list, "["+name+"](#") {
			t.Errorf("the list of directives lacks %s", name)
		}
	}
}

// spansOf are the texts between backquotes in a section, and where a name stands
// before `_id` also the name with that ending.
func spansOf(section string) (found []string) {
	for line := range strings.Lines(section) {
		for _, span := range codeSpans(line) {
			found = append(found, span)
			if base, ok := strings.CutSuffix(span, "_name"); ok && strings.Contains(line, "`_id`") {
				found = append(found, base+"_id")
			}
		}
	}
	return found
}
