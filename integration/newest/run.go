package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// result counts tests that have no tests below them.
type result struct {
	passed, skipped int
	failures        []string
	notes           []string // how many recordings pass
}

func (r result) failed() bool { return len(r.failures) > 0 }

func (r result) String() string {
	text := fmt.Sprintf("%d passed", r.passed)
	if r.failed() {
		const most = 5
		text = fmt.Sprintf("**%d failed** (%s", len(r.failures), strings.Join(r.failures[:min(most, len(r.failures))], ", "))
		if len(r.failures) > most {
			text += ", ..."
		}
		text += fmt.Sprintf("), %d passed", r.passed)
	}
	for _, note := range r.notes {
		text += "; " + note
	}
	return text
}

// test runs a subject on a server.
func test(s server, what subject, roots, logs string) (result, error) {
	name, _, _ := strings.Cut(what.name, ":")
	log, err := os.Create(filepath.Join(logs, strings.ReplaceAll(s.name+"-"+name, " ", "-")+".log"))
	if err != nil {
		return result{}, err
	}
	defer log.Close()
	args := []string{"test", "-json", "-count=1", "-p=1", "-timeout=2h"}
	if what.run != "" {
		args = append(args, "-run="+what.run)
	}
	cmd := exec.Command("go", append(args, what.packages...)...)
	cmd.Env = append(os.Environ(), s.environment(what, roots)...)
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return result{}, err
	}
	if err := cmd.Start(); err != nil {
		return result{}, err
	}
	r, err := count(out, log)
	if err != nil {
		return r, err
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return r, err
	}
	if exit != nil && !r.failed() {
		r.failures = append(r.failures, "what belongs to no test")
	}
	return r, nil
}

// event is what "go test -json" writes.
type event struct{ Action, Package, Test, Output string }

// recordings is how the replay sums up.
var recordings = regexp.MustCompile(`[0-9]+ cases with [0-9]+ steps: .* [0-9]+ failed`)

// count reads events, and writes what tests print to the log.
func count(events io.Reader, log io.Writer) (result, error) {
	var r result
	last := map[string]string{} // action by test
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(log, lines.Text())
			continue
		}
		switch e.Action {
		case "output":
			fmt.Fprint(log, e.Output)
			if strings.HasPrefix(e.Test, "TestConformance/") {
				r.notes = append(r.notes, recordings.FindAllString(e.Output, -1)...)
			}
		case "pass", "fail", "skip":
			last[e.Package+" "+e.Test] = e.Action
		}
	}
	parents := map[string]bool{}
	for name := range last {
		for i, c := range name {
			parents[name[:i]] = parents[name[:i]] || c == '/'
		}
	}
	for name, action := range last {
		_, test, _ := strings.Cut(name, " ")
		switch {
		case test == "" || parents[name]:
		case action == "pass":
			r.passed++
		case action == "skip":
			r.skipped++
		default:
			r.failures = append(r.failures, test)
		}
	}
	slices.Sort(r.failures)
	return r, lines.Err()
}
