// Command newest runs the tests on the servers that clouds run today, which
// .ci/roots.sh has put into roots, and writes docs/supported.md: server, what was
// run, result, date. Without arguments it runs everything, which takes hours; with
// "MySQL" or "MySQL/feed" as arguments it runs what begins like that, and leaves
// the other lines of the table as they are.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	roots := flag.String("roots", "/var/cache/glancegate-roots", "folder of the roots")
	logs := flag.String("logs", filepath.Join(os.TempDir(), "glancegate-newest"), "folder for the output of the tests")
	page := flag.String("page", "docs/supported.md", "page with the table")
	flag.Parse()
	if err := run(*roots, *logs, *page, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(roots, logs, page string, only []string) error {
	if err := os.MkdirAll(logs, 0o755); err != nil {
		return err
	}
	var failed []string
	for _, s := range matrix {
		version, err := installed(filepath.Join(roots, s.root), s.pkg)
		if err != nil && chosen(s, "", only) {
			return err
		}
		for _, subject := range s.matters {
			if !chosen(s, subject.name, only) {
				continue
			}
			result, err := test(s, subject, roots, logs)
			if err != nil {
				return err
			}
			fmt.Printf("%s %s, %s: %s\n", s.name, version, subject.name, result)
			if result.failed() {
				failed = append(failed, s.name+"/"+subject.name)
			}
			if err := note(page, key{s.name, subject.name}, line{s.name + " " + version, result.String(), time.Now().UTC().Format(time.DateOnly)}); err != nil {
				return err
			}
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("failed, with output in %s:\n\t%s", logs, strings.Join(failed, "\n\t"))
	}
	return nil
}

// note puts a line into the page.
func note(page string, at key, l line) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	lines := readTable(string(text))
	lines[at] = l
	return os.WriteFile(page, []byte(writeTable(string(text), lines)), 0o644)
}

// chosen reports whether the arguments ask for a subject of a server, or with ""
// for any of it.
func chosen(s server, subject string, only []string) bool {
	if len(only) == 0 {
		return true
	}
	for _, prefix := range only {
		name, wanted, _ := strings.Cut(prefix, "/")
		if name == s.name && (subject == "" || strings.HasPrefix(subject, wanted)) {
			return true
		}
	}
	return false
}
