package imagesv1

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/servers"
)

// only replays the cases whose ids match, and says what differs.
var only = flag.String("imagesv1.only", "", "replay the cases whose ids match this regular expression")

// parts is how many parts the recordings have, of which CI plays one.
const parts = 4

// TestRecordings replays what a glance-api of Queens answered, and did to the rows
// and the store. One part is played on MariaDB or PostgreSQL, or all of them on
// all databases with FULL=1. One case:
//
//	go test ./integration/imagesv1 -run Recordings/mysql -imagesv1.only put.purge-absent
func TestRecordings(t *testing.T) {
	servers.Require(t, servers.Glance)
	c := newCloud(t)
	sample, _ := strconv.Atoi(os.Getenv("SAMPLE"))
	full := os.Getenv("FULL") != "" || *only != ""
	for _, dialect := range servers.Dialects {
		// glance-api on SQLite has locks to wait for on a busy machine.
		if !full && dialect != []servers.Kind{servers.MySQL, servers.PostgreSQL}[sample/parts%2] {
			continue
		}
		t.Run(string(dialect), func(t *testing.T) {
			part := sample % parts
			if full {
				part = -1
			}
			c.replay(t, dialect, part)
		})
	}
}

// replay plays the cases twice: those that need it with other header names.
func (c *cloud) replay(t *testing.T, dialect servers.Kind, part int) {
	db := servers.NewEmptyDatabase(t, dialect)
	w := &world{c, db, c.glance(t, db, ""), knownDeviations(t), part}
	t.Run("names with underscores", func(t *testing.T) {
		w.play(t, "x-image-meta-property-a_b", func(id string) bool { return !slices.Contains(otherNames, id) })
	})
	t.Run("names with dashes", func(t *testing.T) {
		w.play(t, "", func(id string) bool { return slices.Contains(otherNames, id) })
	})
	if part >= 0 || *only != "" {
		return
	}
	for id, d := range w.known {
		if !d.Skip && (len(d.On) == 0 || slices.Contains(d.On, dialect)) {
			t.Errorf("deviations.json: %s does not deviate", id)
		}
	}
}

// otherNames are the cases that spell names otherwise than most do. Caddy lets one
// spelling through.
var otherNames = []string{
	"publicv1.post.dashes", "publicv1.post.hdr-underscores", "publicv1.post.propname-under", "publicv1.post.xenapi-upload",
	"publicv1.put.hdr-underscored-purge",
}

// world is what the cases are played on.
type world struct {
	*cloud
	db     *servers.Database
	glance *servers.GlanceAPI
	known  map[string]deviation // that have not been met
	part   int
}

// play plays the cases that are wanted, with all header names with underscores but
// one listed for Caddy; empty: all.
func (w *world) play(t *testing.T, unlisted string, wanted func(id string) bool) {
	cases, underscores := w.recorded(t, wanted)
	underscores = slices.DeleteFunc(underscores, func(name string) bool { return name == unlisted })
	const named = "from 127.0.0.1" // the recorded service believed every peer
	options := "servers {\nexpected_dot_headers x-image-meta-property-z.z\n"
	if len(underscores) > 0 { // a part of the cases may have none
		options += "expected_underscore_headers " + strings.Join(underscores, " ") + "\n"
	}
	options += "}"
	urls := integration.StartSites(t, options,
		w.site(w.db, w.glance.BaseURL, "", named, "copy_from"),
		w.site(w.db, w.glance.BaseURL, "", named, "max_size 1000B\nproperty_quota 4\nmember_quota 5"),
		w.site(w.db, w.glance.BaseURL, "allow_anonymous", named+"\ndelay_auth_decision", ""))
	result := play(t, w.db, w.glance, w.tokens(t), urls, cases)
	for _, f := range result.Failures {
		if d, ok := w.known[f.ID]; ok && (len(d.On) == 0 || slices.Contains(d.On, w.db.Dialect)) {
			delete(w.known, f.ID)
			continue
		}
		t.Errorf("%s, step %d:\n\t%s", f.ID, f.Step, strings.Join(f.Problems, "\n\t"))
	}
}

// outcome is what the player writes.
type outcome struct {
	Passed, Failed int
	Failures       []struct {
		ID       string
		Step     int
		Problems []string
	}
}

// play runs the player, which stands beside the recordings.
func play(t *testing.T, db *servers.Database, glance *servers.GlanceAPI, tokens map[string]string, urls []string, cases string) outcome {
	t.Helper()
	folder := t.TempDir()
	file := func(name string, v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	dsn := db.URL
	if db.Dialect == servers.SQLite {
		dsn = strings.TrimPrefix(dsn, "sqlite:///")
	} else {
		scheme, rest, _ := strings.Cut(dsn, "://")
		rest, _, _ = strings.Cut(rest, "?")
		dsn = strings.Split(scheme, "+")[0] + "://" + rest
	}
	results := filepath.Join(folder, "results.json")
	args := []string{"testdata/replay_v1.py", urls[0], dsn, cases, "--store", glance.Images,
		"--backend-port", glance.BaseURL[strings.LastIndexByte(glance.BaseURL, ':')+1:], "--tokens", file("tokens.json", tokens),
		"--profile", "limits=" + urls[1], "--profile", "anonymous=" + urls[2], "--json", results, "--show", "0"}
	if *only != "" {
		args = append(args, "--only", *only)
	}
	// Not an interpreter of the user's: the drivers are Debian's.
	out, err := exec.CommandContext(t.Context(), "/usr/bin/python3", args...).CombinedOutput()
	var result outcome
	text, readErr := os.ReadFile(results)
	if readErr != nil {
		t.Fatalf("the player: %v\n%s", err, out)
	}
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", out)
	return result
}

// recorded writes the cases of the part that are wanted into a file, and tells
// which header names with underscores they send.
func (w *world) recorded(t *testing.T, wanted func(id string) bool) (path string, underscores []string) {
	t.Helper()
	packed, err := filepath.Glob("testdata/cases/*.jsonl.gz")
	if err != nil || len(packed) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	path = filepath.Join(t.TempDir(), "cases.jsonl")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	names := map[string]bool{}
	count := 0
	for _, file := range packed {
		for _, line := range lines(t, file) {
			c := caseOf(t, line)
			count++
			if w.part >= 0 && count%parts != w.part || !wanted(c.ID) || w.known[c.ID].Skip {
				continue
			}
			fmt.Fprintln(out, line)
			c.note(names)
		}
	}
	return path, slices.Sorted(maps.Keys(names))
}

func lines(t *testing.T, file string) (list []string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	scanner := bufio.NewScanner(unpacked)
	scanner.Buffer(nil, 1<<24)
	for scanner.Scan() {
		list = append(list, scanner.Text())
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// recordedCase is what has to be known of a case before it is played.
type recordedCase struct {
	ID    string
	Steps []struct {
		Request struct{ Headers map[string]any }
	}
}

func caseOf(t *testing.T, line string) (c recordedCase) {
	t.Helper()
	if err := json.Unmarshal([]byte(line), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// note adds the header names with underscores that a case sends.
func (c recordedCase) note(names map[string]bool) {
	for _, step := range c.Steps {
		for name := range step.Request.Headers {
			if strings.Contains(name, "_") {
				names[strings.ToLower(name)] = true
			}
		}
	}
}

// deviation is a case in which the gateway answers otherwise than the original.
type deviation struct {
	Case   string         `json:"case"`
	Reason string         `json:"reason"`
	On     []servers.Kind `json:"on,omitempty"` // databases; empty: all

	// Skip: it is not played, since it would go on behind its end.
	Skip bool `json:"skip,omitempty"`
}

func knownDeviations(t *testing.T) map[string]deviation {
	t.Helper()
	text, err := os.ReadFile("deviations.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []deviation
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	known := map[string]deviation{}
	for _, d := range list {
		if d.Reason == "" {
			t.Errorf("deviations.json: %s has no reason", d.Case)
		}
		known[d.Case] = d
	}
	return known
}
