package dbbackend

import (
	"database/sql"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// Scanners that fail at no value: SQLite keeps anything in a column, and old
// migrations left columns that take null where none is expected. A value that
// is not of the column's type is read as the nearest one, and noted.

// looseInt reads an integer; what is none becomes 0.
type looseInt struct {
	to   **int64
	note *string
}

// Scan implements sql.Scanner.
func (l looseInt) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*l.to = nil
	case int64:
		*l.to = &v
	case []byte:
		l.parse(string(v))
	case string:
		l.parse(v)
	case bool:
		l.parse(boolDigit(v))
	default:
		l.parse(fmt.Sprint(v))
	}
	return nil
}

func (l looseInt) parse(text string) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		*l.note = fmt.Sprintf("%.80q is no integer", text)
		f, _ := strconv.ParseFloat(text, 64)
		switch {
		case f >= math.MaxInt64:
			n = math.MaxInt64
		case f <= math.MinInt64:
			n = math.MinInt64
		default:
			n = int64(f)
		}
	}
	*l.to = &n
}

// looseBool reads a boolean as Python does: what is not 0 and not empty is true.
type looseBool struct {
	to   **bool
	note *string
}

// Scan implements sql.Scanner.
func (l looseBool) Scan(v any) error {
	var b bool
	switch v := v.(type) {
	case nil:
		*l.to = nil
		return nil
	case int64:
		b = v != 0
		*l.to = &b
		return nil
	}
	var text sql.NullString
	_ = text.Scan(v) // takes everything that a driver hands out
	switch text.String {
	case "1", "true", "t":
		b = true
	case "0", "false", "f":
	default:
		*l.note = fmt.Sprintf("%.80q is no boolean", text.String)
		b = text.String != "" && strings.Trim(text.String, "0.") != ""
	}
	*l.to = &b
	return nil
}

func boolDigit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// orEmpty reads a text, and null as the empty one.
type orEmpty struct{ to *string }

// ScanText implements pgtype.TextScanner.
func (o orEmpty) ScanText(v pgtype.Text) error {
	*o.to = v.String
	return nil
}

// Scan implements sql.Scanner.
func (o orEmpty) Scan(v any) error {
	var text sql.NullString
	err := text.Scan(v)
	*o.to = text.String
	return err
}
