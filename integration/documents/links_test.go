package documents

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// root is the module's folder.
const root = "../.."

var (
	markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading      = regexp.MustCompile(`^#+ +(.*)$`)
	linkedText   = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	notInAnchors = regexp.MustCompile(`[^\p{L}\p{N}_\- ]`)
	citation     = regexp.MustCompile(`\b(registry-v1|registry-v2-rpc|registry-config|database-schema|public-images-api-v1)\.md(?:,\s+((?:\d+(?:\.\d+)*[a-z]?(?:\s+(?:to|and)\s+|,\s+)?)+))?`)
	section      = regexp.MustCompile(`\d+(?:\.\d+)*[a-z]?`)
	numbered     = regexp.MustCompile(`^(\d+(?:\.\d+)*[a-z]?)[. ]`)
)

// headings are the headings of a document, without code blocks.
func headings(t *testing.T, path string) []string {
	t.Helper()
	var found []string
	for _, line := range prose(t, path) {
		if h := heading.FindStringSubmatch(line); h != nil {
			found = append(found, strings.TrimSpace(h[1]))
		}
	}
	return found
}

// prose is the lines of a document that are not in code blocks; those are
// empty.
func prose(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	code := false
	for n, line := range lines {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		if fence {
			code = !code
		}
		if fence || code {
			lines[n] = ""
		}
	}
	return lines
}

// anchor is the fragment that forges give a heading.
func anchor(heading string) string {
	text := linkedText.ReplaceAllString(heading, "$1")
	text = notInAnchors.ReplaceAllString(strings.ToLower(text), "")
	return strings.ReplaceAll(text, " ", "-")
}

func files(t *testing.T, extension string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".git") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == extension {
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("no %s file under %s", extension, root)
	}
	return found
}

// Every relative link of a document leads to a file of the repository, and to a
// heading of it.
func TestLinks(t *testing.T) {
	for _, document := range files(t, ".md") {
		for n, line := range prose(t, document) {
			for _, link := range markdownLink.FindAllStringSubmatch(line, -1) {
				if strings.Contains(link[1], "://") {
					continue
				}
				file, fragment, _ := strings.Cut(link[1], "#")
				target := document
				if file != "" {
					target = filepath.Join(filepath.Dir(document), file)
				}
				if _, err := os.Stat(target); err != nil {
					t.Errorf("%s:%d: %s leads nowhere", document, n+1, link[1])
					continue
				}
				if fragment != "" && filepath.Ext(target) == ".md" && !hasAnchor(t, target, fragment) {
					t.Errorf("%s:%d: %s has no heading #%s", document, n+1, target, fragment)
				}
			}
		}
	}
}

func hasAnchor(t *testing.T, document, fragment string) bool {
	t.Helper()
	for _, h := range headings(t, document) {
		if anchor(h) == fragment {
			return true
		}
	}
	return false
}

// Every section of the protocol reference that code cites exists.
func TestCitations(t *testing.T) {
	sections := map[string]map[string]bool{}
	cited := 0
	for _, path := range files(t, ".go") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// A citation may go over the end of a line of a comment.
		joined := regexp.MustCompile(`\s*\n\s*//\s*`).ReplaceAllString(string(text), " ")
		for _, c := range citation.FindAllStringSubmatch(joined, -1) {
			cited++
			document := filepath.Join(root, "docs/protocol", c[1]+".md")
			if sections[document] == nil {
				sections[document] = numberedSections(t, document)
			}
			for _, number := range section.FindAllString(c[2], -1) {
				if !sections[document][number] {
					t.Errorf("%s cites %s.md, %s, which it has not", path, c[1], number)
				}
			}
		}
	}
	if cited < 100 {
		t.Errorf("only %d citations of the protocol reference were found", cited)
	}
}

func numberedSections(t *testing.T, document string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, h := range headings(t, document) {
		if number := numbered.FindStringSubmatch(h + " "); number != nil {
			found[number[1]] = true
		}
	}
	return found
}
