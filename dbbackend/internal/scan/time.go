package scan

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/glancegate/glancegate/registry/records"
)

// Times that can't be shown to clients become the first or the last time that can.
// Their nanoseconds, which no database has, mark them.
var (
	// noTime stands for MySQL's 0000-00-00 and 31st of February (which a UNION turns
	// into 0000-00-00), for other texts in SQLite, and for times before year 1.
	noTime = time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC)
	// endOfTime stands for PostgreSQL's infinity and times after year 9999.
	endOfTime = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
)

// IsUnsortable reports whether only the database knows how a time sorts.
func IsUnsortable(t time.Time) bool { return t.Equal(noTime) || t.Equal(endOfTime) }

// Time reads a DATETIME in any form that drivers return. MySQL and SQLite return
// text, with or without a fraction. A value that is not a time is noted.
type Time struct {
	V     time.Time
	Valid bool
	Note  *string // may be nil
}

// Scan implements sql.Scanner.
func (t *Time) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		t.V, t.Valid = time.Time{}, false
	case time.Time:
		t.V, t.Valid = v.UTC(), true
	case []byte:
		t.parse(string(v))
	case string:
		t.parse(v)
	default:
		t.parse(fmt.Sprint(v))
	}
	return nil
}

// ScanTimestamp implements pgtype.TimestampScanner.
func (t *Time) ScanTimestamp(v pgtype.Timestamp) error {
	t.V, t.Valid = v.Time.UTC(), v.Valid
	switch year := t.V.Year(); {
	case !v.Valid:
	case v.InfinityModifier == pgtype.Infinity, year > 9999:
		t.V = endOfTime
		t.odd("a time after year 9999")
	case v.InfinityModifier == pgtype.NegativeInfinity, year < 1:
		t.V = noTime
		t.odd("a time before year 1")
	}
	return nil
}

func (t *Time) parse(text string) {
	t.Valid = true
	if v, ok := parsePlain(text); ok {
		t.V = v
		return
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", time.RFC3339, "2006-01-02"} {
		if v, err := time.Parse(layout, text); err == nil {
			t.V = v.UTC()
			return
		}
	}
	t.V = noTime
	t.odd(text)
}

// parsePlain reads YYYY-MM-DD HH:MM:SS with or without a fraction, the form of
// almost all times.
func parsePlain(text string) (time.Time, bool) {
	const form = "0000-00-00 00:00:00"
	if len(text) < len(form) || len(text) > len(form)+7 || len(text) == len(form)+1 {
		return time.Time{}, false
	}
	var n [7]int
	field := 0
	for i := range len(text) {
		c := text[i]
		switch {
		case i < len(form) && form[i] != '0':
			if c != form[i] {
				return time.Time{}, false
			}
			field++
		case i == len(form):
			if c != '.' {
				return time.Time{}, false
			}
			field++
		case c < '0' || c > '9':
			return time.Time{}, false
		default:
			n[field] = n[field]*10 + int(c-'0')
		}
	}
	for i := len(text); i < len(form)+7; i++ {
		if i > len(form) {
			n[6] *= 10
		}
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6]*1000, time.UTC)
	exact := n[0] > 0 && t.Month() == time.Month(n[1]) && t.Day() == n[2] && n[3] < 24 && n[4] < 60 && n[5] < 60
	return t, exact
}

func (t *Time) odd(text string) {
	if t.Note != nil {
		*t.Note = fmt.Sprintf("%.80q can't be shown as a time", text)
	}
}

func (t *Time) Null() records.Null[time.Time] {
	return records.Null[time.Time]{V: t.V, Valid: t.Valid}
}
