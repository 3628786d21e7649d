package examples

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/allfeatures"
)

var (
	metricName = regexp.MustCompile(`\b(?:glance_registry|process)_[a-z_]+`)
	metricLine = regexp.MustCompile(`(?m)^([a-z_]+)(?:\{([^}]*)\})? `)
	matcher    = regexp.MustCompile(`([a-z_]+)(?:=~|!~|!=|=)"`)
	grouping   = regexp.MustCompile(`\bby \(([a-z_, ]+)\)`)
	selector   = regexp.MustCompile(`\b((?:glance_registry|process)_[a-z_]+)\{([^}]*)\}`)
	expression = regexp.MustCompile(`(?m)^ *expr: (.*)$`)
)

func TestRules(t *testing.T) {
	run(t, "promtool", "check", "config", filepath.Join(root, "prometheus/prometheus.yml"))
	run(t, "promtool", "test", "rules", filepath.Join(root, "prometheus/rules_test.yaml"))
}

// Every query of the rules and of the board is one that Prometheus understands, of
// metrics and labels that a gateway shows.
func TestQueries(t *testing.T) {
	var queries []string
	for _, m := range expression.FindAllStringSubmatch(read(t, "prometheus/rules.yaml"), -1) {
		queries = append(queries, m[1])
	}
	if queries = append(queries, boardQueries(t)...); len(queries) < 30 {
		t.Fatalf("only %d queries were found", len(queries))
	}

	admin, _ := allfeatures.Start(t)
	labels := map[string]string{} // as text, by name
	for _, m := range metricLine.FindAllStringSubmatch(allfeatures.Send(t, http.MethodGet, admin+"/metrics", ""), -1) {
		labels[m[1]] += "," + m[2]
	}
	for _, query := range queries {
		for _, name := range metricName.FindAllString(query, -1) {
			if _, ok := labels[name]; !ok {
				t.Errorf("there is no metric %s: %s", name, query)
			}
		}
		for _, label := range labelsOf(query) {
			for _, name := range metricName.FindAllString(query, -1) {
				if !strings.Contains(labels[name], label+`="`) {
					t.Errorf("%s has no label %s: %s", name, label, query)
				}
			}
		}
	}

	var rules strings.Builder
	rules.WriteString("groups:\n- name: board\n  rules:\n")
	for n, query := range queries {
		fmt.Fprintf(&rules, "  - record: q%d\n    expr: %q\n", n, strings.ReplaceAll(query, "$__rate_interval", "5m"))
	}
	file := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(file, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "promtool", "check", "rules", file)
}

// labelsOf are the labels of the gateway's metrics that a query names; Prometheus adds
// job and instance.
func labelsOf(query string) (labels []string) {
	for _, s := range selector.FindAllStringSubmatch(query, -1) {
		for _, m := range matcher.FindAllStringSubmatch(s[2], -1) {
			labels = append(labels, m[1])
		}
	}
	for _, m := range grouping.FindAllStringSubmatch(query, -1) {
		labels = append(labels, strings.Split(m[1], ", ")...)
	}
	kept := labels[:0]
	for _, label := range labels {
		if label != "job" && label != "instance" {
			kept = append(kept, label)
		}
	}
	return kept
}

// boardQueries are those of the panels of the Grafana board, which have ids of their
// own and do not lie on each other.
func boardQueries(t *testing.T) (queries []string) {
	t.Helper()
	var board struct {
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "grafana/glance-registry.json")), &board); err != nil {
		t.Fatal(err)
	}
	ids, cells := map[int]bool{}, map[[2]int]string{}
	for _, p := range board.Panels {
		if ids[p.ID] {
			t.Errorf("two panels have the id %d", p.ID)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := cells[[2]int{x, y}]; other != "" || x > 23 {
					t.Fatalf("%s lies on %q or beyond the board", p.Title, other)
				}
				cells[[2]int{x, y}] = p.Title
			}
		}
		if len(p.Targets) == 0 {
			t.Errorf("%s has no query", p.Title)
		}
		for _, target := range p.Targets {
			queries = append(queries, target.Expr)
		}
	}
	return queries
}
