// Package scan has destinations for Scan that accept every value. SQLite keeps any
// value in a column, and old migrations left columns nullable that should not be.
// A value that does not fit its column's type becomes the nearest one, with a note.
package scan

import (
	"database/sql"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// Int reads an integer. A text that is not a number becomes 0.
type Int struct {
	To   **int64
	Note *string
}

// Scan implements sql.Scanner.
func (l Int) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*l.To = nil
	case int64:
		*l.To = &v
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

func (l Int) parse(text string) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		*l.Note = fmt.Sprintf("%.80q is not an integer", text)
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
	*l.To = &n
}

// Bool reads a boolean as Python does: everything but 0 and the empty text is true.
type Bool struct {
	To   **bool
	Note *string
}

// Scan implements sql.Scanner.
func (l Bool) Scan(v any) error {
	var b bool
	switch v := v.(type) {
	case nil:
		*l.To = nil
		return nil
	case int64:
		b = v != 0
		*l.To = &b
		return nil
	}
	var text sql.NullString
	_ = text.Scan(v) // accepts everything that drivers return
	switch text.String {
	case "1", "true", "t":
		b = true
	case "0", "false", "f":
	default:
		*l.Note = fmt.Sprintf("%.80q is not a boolean", text.String)
		b = text.String != "" && strings.Trim(text.String, "0.") != ""
	}
	*l.To = &b
	return nil
}

func boolDigit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// Text reads a text. Null becomes the empty text.
type Text struct{ To *string }

// ScanText implements pgtype.TextScanner.
func (o Text) ScanText(v pgtype.Text) error {
	*o.To = v.String
	return nil
}

// Scan implements sql.Scanner.
func (o Text) Scan(v any) error {
	var text sql.NullString
	err := text.Scan(v)
	*o.To = text.String
	return err
}
