package glanceconf

import (
	"fmt"
	"slices"
)

// findAt adds a finding about a value.
func (r *reader) findAt(verdict Verdict, v value, format string, args ...any) Finding {
	f := Finding{Verdict: verdict, Option: v.name(), Text: fmt.Sprintf(format, args...)}
	switch {
	case v.entry != nil:
		f.File, f.Line = v.entry.File, v.entry.Line
	case v.paste != nil:
		f.File, f.Line = v.paste.file, v.paste.Line
	}
	return r.add(f)
}

// warn adds a warning that is about no option.
func (r *reader) warn(file, format string, args ...any) Finding {
	return r.add(Finding{Verdict: Warn, File: file, Text: fmt.Sprintf(format, args...)})
}

func (r *reader) add(f Finding) Finding {
	if !r.found[f] {
		r.found[f] = true
		r.findings = append(r.findings, f)
	}
	return f
}

// mistake keeps a finding that may explain a refusal.
func (r *reader) mistake(f Finding) {
	if text := "note: " + f.String(); !slices.Contains(r.mistakes, text) {
		r.mistakes = append(r.mistakes, text)
	}
}
