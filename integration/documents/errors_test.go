package documents

import (
	"regexp"
	"strings"
	"testing"
)

// variable is what differs in an error, or stands for it: a text in double quotes,
// a number, a single capital letter, and what is left out.
var variable = regexp.MustCompile(`"[^"]*"|\.\.\.|-?[0-9][0-9.hms]*( [KMG]iB)?|\b[A-Z]\b|: |\ba -> b -> a\b`)

// The errors that tables name are in the program, as far as they don't vary.
func TestErrors(t *testing.T) {
	found := 0
	for _, document := range manuals(t) {
		inTable := false
		for line := range strings.Lines(read(t, document)) {
			cells := strings.Split(line, "|")
			if len(cells) < 4 {
				inTable = false
				continue
			}
			if head := strings.TrimSpace(cells[1]); head == "error" || head == "error or warning" {
				inTable = true
				continue
			}
			if !inTable {
				continue
			}
			for _, text := range codeSpans(cells[1]) {
				found++
				for part := range strings.SplitSeq(variable.ReplaceAllString(text, "\x00"), "\x00") {
					if part = strings.Trim(part, " ,;:\n"); len(part) > 4 && !inCode(t, part) {
						t.Errorf("%s: the program has no error with %q, of %s", document, part, text)
					}
				}
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d errors were found", found)
	}
}
