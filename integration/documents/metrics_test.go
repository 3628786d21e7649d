package documents

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/allfeatures"
)

var (
	metricName = regexp.MustCompile(`\bglance_registry_[a-z_]+`)
	metricLine = regexp.MustCompile(`(?m)^(glance_registry_[a-z_]+?)(?:_bucket|_sum|_count)?(?:\{([^}]*)\})? `)
	labelName  = regexp.MustCompile(`([a-z_]+)="`)
)

// The documents describe every metric, with its labels, and no other.
func TestMetrics(t *testing.T) {
	admin, _ := allfeatures.Start(t)
	shown := map[string]string{} // labels, by name
	for _, m := range metricLine.FindAllStringSubmatch(allfeatures.Send(t, http.MethodGet, admin+"/metrics", ""), -1) {
		shown[m[1]] = labelsOf(m[2])
	}
	if len(shown) < 20 {
		t.Fatalf("the gateway shows only %s", slices.Sorted(maps.Keys(shown)))
	}
	described := describedMetrics(t)
	for name, labels := range shown {
		if written, ok := described[name]; !ok {
			t.Errorf("no document describes %s", name)
		} else if written != labels {
			t.Errorf("%s has the labels %q, not %q", name, labels, written)
		}
	}
	for _, document := range manuals(t) {
		for _, name := range metricName.FindAllString(read(t, document), -1) {
			// Also the names of other things, such as schemas.
			if _, ok := shown[name]; !ok && !inCode(t, name) && !strings.HasPrefix(name, "glance_registry_cache_") {
				t.Errorf("%s: there is no metric %s", document, name)
			}
		}
	}
	for name := range described {
		suffix := strings.TrimPrefix(name, "glance_registry_cache_")
		if _, ok := shown[name]; !ok && !inCode(t, "\n"+name+"\n") && !inCode(t, "\n"+suffix+"\n") {
			t.Errorf("a document describes %s, which does not exist", name)
		}
	}
}

func labelsOf(text string) string {
	var names []string
	for _, m := range labelName.FindAllStringSubmatch(text, -1) {
		if m[1] != "le" {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// describedMetrics are the labels of the metrics in tables, by name. A row may
// describe several.
func describedMetrics(t *testing.T) map[string]string {
	t.Helper()
	described := map[string]string{}
	for _, document := range []string{root + "/docs/operations.md", root + "/docs/cache.md", root + "/docs/public-reads.md"} {
		for line := range strings.Lines(read(t, document)) {
			cells := strings.Split(line, "|")
			if len(cells) < 4 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`glance_registry_") {
				continue
			}
			labels := codeSpans(cells[2])
			slices.Sort(labels)
			for _, name := range codeSpans(cells[1]) {
				described[name] = strings.Join(labels, " ")
			}
		}
	}
	return described
}
