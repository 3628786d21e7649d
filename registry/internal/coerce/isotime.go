package coerce

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// TimeLayout is how answers have times, which are UTC and name no zone: with six
// digits of a second, or, in registry v2, with none where all are zero.
const (
	TimeLayout        = WholeSecondLayout + ".000000"
	WholeSecondLayout = "2006-01-02T15:04:05"
)

// isoTime has the forms of ISO 8601 that the parser of the old service took,
// python-iso8601: parts may be missing from the right, and a time without zone
// is UTC (registry-v1.md, 4.2; registry-v2-rpc.md, 2.6). A month or a day with a
// dash may have one digit, so 2026-331 is the last day of March. A time needs a
// day, and nothing but an end or one line feed may follow. testdata/isotimes.tsv
// has what that parser makes of many forms.
var isoTime = regexp.MustCompile(`^([0-9]{4})(?:(?:-([0-9]{1,2})|([0-9]{2}))(?:(?:-([0-9]{1,2})|([0-9]{2}))` +
	`(?:[ T]([0-9]{2})(?::?([0-9]{2}))?(?::?([0-9]{1,2})(?:[.,][0-9])?)?(Z|[-+][0-9]{2}:?(?:[0-9]{2})?)?)?)?)?\n?$`)

// compactMonth is the one form that the pattern takes and the parser did not.
var compactMonth = regexp.MustCompile(`^[0-9]{6}\n?$`)

// ParseISOTime reads a time and converts it to UTC; digits beyond microseconds
// are cut. A time before year 1 or behind year 9999 in UTC is none.
func ParseISOTime(text string) (time.Time, bool) {
	t, ok := parseISOTime(text)
	return t, ok && t.Year() >= 1 && t.Year() <= 9999
}

// isISOTime reports whether a text is a time in its own zone, whichever year that
// is in UTC.
func isISOTime(text string) bool {
	_, ok := parseISOTime(text)
	return ok
}

func parseISOTime(text string) (time.Time, bool) {
	text, fraction := cutFraction(text)
	if len(text) > longestTime {
		return time.Time{}, false
	}
	m := isoTime.FindStringSubmatch(text)
	if m == nil || compactMonth.MatchString(text) {
		return time.Time{}, false
	}
	part := func(text string, missing int) int {
		if text == "" {
			return missing
		}
		n, _ := strconv.Atoi(text)
		return n
	}
	year, month, day := part(m[1], 1), part(m[2]+m[3], 1), part(m[4]+m[5], 1)
	hour, minute, second := part(m[6], 0), part(m[7], 0), part(m[8], 0)
	micros := microseconds(fraction)
	offset, ok := zoneOffset(m[9])
	t := time.Date(year, time.Month(month), day, hour, minute, second, micros*1000, time.UTC)
	if !ok || year == 0 || t.Month() != time.Month(month) || t.Day() != day || hour > 23 || minute > 59 || second > 59 || micros > 999999 {
		return time.Time{}, false
	}
	return t.Add(-offset), true
}

// longestTime is the length of a time with one digit of a fraction.
const longestTime = len("2026-11-27T10:00:05.6+02:00\n")

// cutFraction shortens a fraction to one digit, so that the pattern has little
// to do however long it is, and returns its digits.
func cutFraction(text string) (short, fraction string) {
	start := strings.IndexAny(text, ".,") + 1
	end := start
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	if start == 0 || end == start {
		return text, ""
	}
	return text[:start] + "0" + text[end:], text[start:end]
}

// decimalDigits is the precision of Python's decimal numbers.
const decimalDigits = 28

// microseconds cuts a fraction of a second. Python's parser computed with
// decimal numbers, which are rounded where they have more than 28 digits: very
// many nines make a whole second, which it refused.
func microseconds(fraction string) int {
	digits := strings.TrimLeft(fraction, "0")
	zeros := len(fraction) - len(digits)
	if len(digits) > decimalDigits {
		rounded, _ := new(big.Int).SetString(digits[:decimalDigits], 10)
		rest, last := digits[decimalDigits:], digits[decimalDigits-1]
		half := "5" + strings.Repeat("0", len(rest)-1)
		if rest > half || rest == half && (last-'0')%2 == 1 {
			rounded.Add(rounded, big.NewInt(1))
		}
		if digits = rounded.String(); len(digits) > decimalDigits {
			zeros--
		}
	}
	if zeros < 0 {
		return 1000000
	}
	fraction = strings.Repeat("0", min(zeros, 6)) + digits
	micros, _ := strconv.Atoi((fraction + "000000")[:6])
	return micros
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
