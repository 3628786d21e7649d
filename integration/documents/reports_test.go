package documents

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/allfeatures"
)

// adminPath is the path of a report.
var adminPath = regexp.MustCompile(`/glance_registry/[a-z_]+`)

// The samples of what the admin API answers have the fields of real answers.
func TestReports(t *testing.T) {
	admin, _ := allfeatures.Start(t)
	found := 0
	for _, document := range manuals(t) {
		for _, s := range samples(t, document, "json", "console") {
			path, text := "/glance_registry/health", "{"+s.text+"}"
			if command, output, ok := strings.Cut(s.text, "\n"); ok && s.language == "console" {
				path, text = adminPath.FindString(command), output
			} else if !strings.HasPrefix(s.text, "\"") { // a part of the health report
				path = ""
			}
			if path != "" {
				found++
				compareFields(t, document, "", parse(t, text), parse(t, allfeatures.Send(t, http.MethodGet, admin+path, "")))
			}
		}
	}
	if found < 4 {
		t.Errorf("only %d samples were found", found)
	}
}

func parse(t *testing.T, text string) (value any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return value
}

// Fields that not every answer has.
var sometimes = []string{"error", "reason", "next", "note", "last_success", "last_failure", "last_error", "release", "revisions"}

// Objects whose fields are gateways, routes or hours.
var keyed = []string{".last_seen", ".nodes", ".routes", ".hours"}

// compareFields wants the same fields in the objects of a sample and of a real
// answer.
func compareFields(t *testing.T, document, path string, written, real any) {
	t.Helper()
	switch written := written.(type) {
	case map[string]any:
		real, ok := real.(map[string]any)
		if slices.ContainsFunc(keyed, func(name string) bool { return strings.HasSuffix(path, name) }) {
			return
		}
		if !ok {
			t.Errorf("%s: the sample has an object %s", document, path)
			return
		}
		for name, value := range written {
			if actual, ok := real[name]; ok {
				compareFields(t, document, path+"."+name, value, actual)
			} else if !slices.Contains(sometimes, name) || !inCode(t, `json:"`+name+`,omitempty"`) {
				t.Errorf("%s: the sample has %s.%s, real answers have %s", document, path, name, slices.Sorted(maps.Keys(real)))
			}
		}
		for name := range real {
			if _, ok := written[name]; !ok && path != "" && !slices.Contains(sometimes, name) {
				t.Errorf("%s: the sample lacks %s.%s", document, path, name)
			}
		}
	case []any:
		real, ok := real.([]any)
		if !ok || len(real) == 0 && len(written) > 0 {
			t.Errorf("%s: the sample has a list %s", document, path)
			return
		}
		for _, item := range written {
			if _, isObject := item.(map[string]any); isObject {
				compareFields(t, document, path+"[]", item, real[0])
			}
		}
	}
}
