package documents

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// The samples of what the admin API answers have the fields of real answers.
func TestReports(t *testing.T) {
	admin, _ := startEverything(t)
	health := parse(t, send(t, http.MethodGet, admin+"/glance_registry/health", ""))
	caches := parse(t, send(t, http.MethodGet, admin+"/glance_registry/cache", ""))
	found := 0
	for _, document := range manuals(t) {
		for _, s := range samples(t, document, "json", "console") {
			text := s.text
			if command, output, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(command, "$ ") {
				if !strings.Contains(command, "/glance_registry/") {
					continue
				}
				text = output
			} else if s.language == "console" {
				continue
			}
			real := health
			if strings.HasPrefix(text, "\"") { // a part of the report
				text = "{" + text + "}"
			} else if strings.Contains(s.text, "/glance_registry/cache ") {
				real = caches
			} else if s.language == "json" {
				continue
			}
			found++
			compareFields(t, document, "", parse(t, text), real)
		}
	}
	if found < 3 {
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

// compareFields wants the same fields in the objects of a sample and of a real
// answer.
func compareFields(t *testing.T, document, path string, written, real any) {
	t.Helper()
	switch written := written.(type) {
	case map[string]any:
		real, ok := real.(map[string]any)
		if strings.HasSuffix(path, ".last_seen") { // its fields are gateways
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
