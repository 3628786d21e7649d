package registry

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// isoTime has the forms of ISO 8601 that the old service took: parts may be
// missing from the right, and a time without zone is UTC (registry-v1.md, 4.2;
// registry-v2-rpc.md, 2.6).
var isoTime = regexp.MustCompile(`^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?|(\d\d)(\d\d))?` +
	`(?:[ T](\d\d)(?::?(\d\d)(?::?(\d{1,2})(?:[.,](\d+))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$`)

// ParseISOTime reads a time and converts it to UTC; digits beyond microseconds
// are cut.
func ParseISOTime(text string) (time.Time, bool) {
	m := isoTime.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, false
	}
	part := func(text string, missing int) int {
		if text == "" {
			return missing
		}
		n, _ := strconv.Atoi(text)
		return n
	}
	year, month, day := part(m[1], 1), part(m[2]+m[4], 1), part(m[3]+m[5], 1)
	hour, minute, second := part(m[6], 0), part(m[7], 0), part(m[8], 0)
	micros := part((m[9] + "000000")[:6], 0)
	offset, ok := zoneOffset(m[10])
	t := time.Date(year, time.Month(month), day, hour, minute, second, micros*1000, time.UTC)
	if !ok || year == 0 || t.Month() != time.Month(month) || t.Day() != day || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t = t.Add(-offset)
	return t, t.Year() >= 1 && t.Year() <= 9999
}

func zoneOffset(zone string) (time.Duration, bool) {
	if zone == "" || zone == "Z" {
		return 0, true
	}
	digits := strings.ReplaceAll(zone[1:], ":", "") + "00"
	hours, _ := strconv.Atoi(digits[:2])
	minutes, _ := strconv.Atoi(digits[2:4])
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if zone[0] == '-' {
		offset = -offset
	}
	return offset, offset < 24*time.Hour && offset > -24*time.Hour
}
