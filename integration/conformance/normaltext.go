package conformance

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode"
)

var (
	timePattern      = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{6})?(Z|\+00:00)?$`)
	digitsPattern    = regexp.MustCompile(`\d+`)
	addressPattern   = regexp.MustCompile(`0x[0-9a-f]{8,}`)
	uuidPattern      = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	requestIDPattern = regexp.MustCompile(`req-` + uuidPattern.String())
)

// text normalizes a string, be it a value, a key, a header or a whole page.
func (n normalizer) text(s string) string {
	if now := nowClass(s); now != "" {
		return now
	}
	// SQL in an error text is the original's own.
	if before, _, found := strings.Cut(s, "[SQL:"); found {
		s = strings.TrimRightFunc(before, unicode.IsSpace)
	}
	s = addressPattern.ReplaceAllString(s, "<address>")
	for _, v := range n.captured {
		if v, ok := v.(json.Number); ok && isNewID(v) {
			s = replaceNumber(s, string(v), "<rowid>")
		}
	}
	s = requestIDPattern.ReplaceAllString(s, "<request-id>")
	return uuidPattern.ReplaceAllStringFunc(s, func(id string) string {
		if strings.Contains(id, "-0000-4000-8000-") {
			return id // of a dataset or a request
		}
		return "<uuid>"
	})
}

// isNow reports whether the text is a time within one day of now.
func isNow(s string) bool {
	m := timePattern.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	t, err := time.Parse("2006-01-02 15:04:05", m[1]+" "+m[2])
	return err == nil && time.Since(t).Abs() <= 24*time.Hour
}

// nowClass is the placeholder of a time of now, by the way it is written, and ""
// for any other text.
func nowClass(s string) string {
	if !isNow(s) {
		return ""
	}
	m := timePattern.FindStringSubmatch(s)
	kind := "micros"
	switch m[3] {
	case "":
		kind = "seconds"
	case ".000000":
		kind = "micros0"
	}
	if s[10] == ' ' {
		kind += " space"
	}
	return "<now:" + kind + m[4] + ">"
}

// replaceNumber replaces a number where it is not part of a longer one.
func replaceNumber(s, number, by string) string {
	return digitsPattern.ReplaceAllStringFunc(s, func(digits string) string {
		if digits == number {
			return by
		}
		return digits
	})
}
