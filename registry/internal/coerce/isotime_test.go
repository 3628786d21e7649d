package coerce

import (
	_ "embed"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

// isoTimes are forms of ISO 8601 with what the parser of the old service made
// of them; testdata/isotimes.py writes them.
//
//go:embed testdata/isotimes.tsv
var isoTimes string

func TestParseISOTimeAsTheOldServiceDid(t *testing.T) {
	forms := 0
	for line := range strings.Lines(isoTimes) {
		quoted, want, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		var text string
		if err := json.Unmarshal([]byte(quoted), &text); err != nil {
			t.Fatal(err)
		}
		forms++
		got := "refused"
		if at, ok := ParseISOTime(text); ok {
			got = at.Format("2006-01-02T15:04:05.000000")
		} else if isISOTime(text) {
			got = "outside"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", quoted, got, want)
		}
	}
	if forms < 2000 {
		t.Errorf("only %d forms", forms)
	}
}

func TestFractionOfManyDigits(t *testing.T) {
	text := "2026-11-27T10:00:05." + strings.Repeat("4", 1<<22) + "Z"
	start := time.Now()
	if at, ok := ParseISOTime(text); !ok || at.Nanosecond() != 444444000 {
		t.Errorf("%v, %v", at, ok)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("4 million digits took %v", took)
	}
}

func FuzzParseISOTime(f *testing.F) {
	for _, s := range []string{"2020-01-02T03:04:05.678901+02:00", "20200102T030405Z", "2020", "2020-1-2 03", "2026-331T10:00.5-03"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer kit.Cheap(t, len(text))()
		got, ok := ParseISOTime(text)
		if !ok {
			return
		}
		if got.Location() != time.UTC || got.Nanosecond()%1000 != 0 {
			t.Fatalf("%q: %v is not UTC to the microsecond", text, got)
		}
		again, ok := ParseISOTime(got.Format("2006-01-02T15:04:05.000000"))
		if !ok || !again.Equal(got) {
			t.Fatalf("%q: %v is read back as %v", text, got, again)
		}
	})
}
