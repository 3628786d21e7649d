package dbbackend

import (
	"fmt"
	"time"

	"github.com/glancegate/glancegate/registry"
)

// dbTime scans a DATETIME in any form that a driver hands out; SQLite's is
// text, with or without a fraction.
type dbTime struct {
	V     time.Time
	Valid bool
}

// Scan implements sql.Scanner.
func (t *dbTime) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t = dbTime{}
		return nil
	case time.Time:
		*t = dbTime{V: v.UTC(), Valid: true}
		return nil
	case []byte:
		return t.parse(string(v))
	case string:
		return t.parse(v)
	}
	return fmt.Errorf("a time was expected, not %T", v)
}

func (t *dbTime) parse(text string) error {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", time.RFC3339, "2006-01-02"} {
		if v, err := time.Parse(layout, text); err == nil {
			*t = dbTime{V: v.UTC(), Valid: true}
			return nil
		}
	}
	return fmt.Errorf("%q is no time", text)
}

func (t *dbTime) null() registry.Null[time.Time] {
	return registry.Null[time.Time]{V: t.V, Valid: t.Valid}
}
