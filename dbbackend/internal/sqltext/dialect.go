// Package sqltext builds SQL for the three databases, from what the schema of the
// database has.
package sqltext

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/glancegate/glancegate/dbbackend/internal/fault"
	"github.com/glancegate/glancegate/registry/records"
)

// Dialect has the differences between the databases. All other SQL is the same.
type Dialect struct {
	Name string

	// numbered placeholders are $1, $2, ...; others are question marks.
	numbered bool

	// nullsHigh databases sort NULL above every value.
	nullsHigh bool

	// nullText and the like are typed NULLs for the columns of a UNION.
	nullText, nullInt, nullBig, nullBool, nullTime string

	// Lock makes a SELECT lock its rows against other writers.
	Lock string

	// Returning makes an INSERT return the id of the new row.
	Returning string

	// noIndex keeps the planner from using an index on a column. SQLite's planner does
	// not know how values are distributed without ANALYZE. It would use an index on a
	// flag that all rows have, and it would rather sort all rows that have a status than
	// read them in order.
	noIndex func(column string) string

	// joinInOrder joins tables and looks at the left one first.
	joinInOrder string

	// hasEnum databases sort the visibility by its position in an ENUM, others by its
	// name.
	hasEnum bool

	// enumText reads an ENUM column as text.
	enumText func(column string) string

	// trueText and falseText are what a boolean becomes in a text column.
	trueText, falseText string

	// floatText is what a number with a fraction becomes in a text column.
	floatText func(number string) string

	// listText is what a list with one text becomes in a text column.
	listText func(item string) string

	// Columns lists tables and columns, each with 1 if it is nullable and 1 if it has a
	// default.
	Columns string

	// Triggers lists the triggers that write is_public during an upgrade to Ocata, and
	// refuse statements that write it, too; empty: the database has none.
	Triggers string

	// Indexes lists tables with the first column of each of their indexes.
	Indexes string

	// Clock is the time of the server in microseconds since 1970; empty: the local
	// time.
	Clock string

	// SequenceRight fails if the user can't generate ids of TABLE.
	SequenceRight string

	// bindBool and bindTime convert values for the driver.
	bindBool func(bool) any
	bindTime func(time.Time) any

	// unionSortsText databases sort an ENUM by its text after a UNION.
	unionSortsText bool

	// StrictTypes databases refuse to compare a number with a text.
	StrictTypes bool

	// anyTime is a column of times in a form in which invalid times can be compared.
	anyTime func(column string) string

	// Untyped databases allow values of any type in a column.
	Untyped bool

	// exact is a text COLUMN as bytes in UTF-8; empty: the database always compares
	// bytes.
	exact string

	// Classify translates an error of the driver.
	Classify func(error) fault.Kind
}

// mysqlFloat formats a number as MySQL does: 1.0 becomes 1.
func mysqlFloat(number string) string {
	f, _ := strconv.ParseFloat(number, 64)
	if size := math.Abs(f); f == 0 || size >= 1e-15 && size < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	text := strconv.FormatFloat(f, 'e', -1, 64)
	return strings.NewReplacer("e+0", "e", "e+", "e", "e-0", "e-").Replace(text)
}

func unchanged(text string) string { return text }

// arrayText is the text of a PostgreSQL array of one element.
func arrayText(item string) string {
	if item == "" || strings.EqualFold(item, "null") || strings.ContainsAny(item, "{},\\\" \t\n\r\v\f") {
		item = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(item) + `"`
	}
	return "{" + item + "}"
}

func (d *Dialect) trueLiteral() string {
	if d.numbered {
		return "true"
	}
	return "1"
}

func (d *Dialect) falseLiteral() string {
	if d.numbered {
		return "false"
	}
	return "0"
}

func boolAsInt(b bool) any {
	if b {
		return int64(1)
	}
	return int64(0)
}

var PostgreSQL = Dialect{
	Name: "postgresql",

	numbered:  true,
	nullsHigh: true,
	nullText:  "NULL::text", nullInt: "NULL::integer", nullBig: "NULL::bigint",
	nullBool: "NULL::boolean", nullTime: "NULL::timestamp",
	// It does not block the foreign key checks of inserted children.
	Lock:      " FOR NO KEY UPDATE",
	Returning: " RETURNING ",
	// The planner knows how many rows there are.
	joinInOrder: " JOIN ",
	hasEnum:     true,
	enumText:    func(column string) string { return column + "::text" },
	anyTime:     unchanged,
	noIndex:     unchanged,
	trueText:    "true", falseText: "false",
	listText:  arrayText,
	floatText: unchanged,
	// Of tables with the same name, the first in the search_path is used. Tables in
	// other schemas than that of images are not Glance's, not even version tables.
	Columns: `SELECT c.table_name, c.column_name, CASE c.is_nullable WHEN 'YES' THEN 1 ELSE 0 END,
		CASE WHEN c.column_default IS NULL AND c.is_identity = 'NO' AND c.is_generated = 'NEVER' THEN 0 ELSE 1 END
		FROM information_schema.columns c JOIN pg_namespace n ON n.nspname = c.table_schema
		JOIN pg_class t ON t.relnamespace = n.oid AND t.relname = c.table_name
		WHERE c.table_schema = ANY (current_schemas(false)) AND pg_table_is_visible(t.oid)
		AND t.relnamespace = COALESCE((SELECT i.relnamespace FROM pg_class i WHERE i.relname = 'images' AND pg_table_is_visible(i.oid)),
			t.relnamespace)`,
	Indexes: `SELECT t.relname::text, a.attname::text FROM pg_index i
		JOIN pg_class t ON t.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
		WHERE pg_table_is_visible(t.oid) AND i.indisvalid AND i.indpred IS NULL`,
	Clock: "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
	SequenceRight: `SELECT CASE WHEN has_sequence_privilege(pg_get_serial_sequence('TABLE', 'id'), 'USAGE, UPDATE') IS FALSE
		THEN currval(pg_get_serial_sequence('TABLE', 'id')) END`,
	bindBool:    func(b bool) any { return b },
	bindTime:    func(t time.Time) any { return timestamp(t) },
	StrictTypes: true,
	Classify:    fault.OfPostgreSQL,
}

var MySQL = Dialect{
	Name:           "mysql",
	unionSortsText: true,
	nullText:       "NULL", nullInt: "NULL", nullBig: "NULL", nullBool: "NULL", nullTime: "NULL",
	Lock:        " FOR UPDATE",
	joinInOrder: " STRAIGHT_JOIN ",
	hasEnum:     true,
	enumText:    unchanged,
	anyTime:     func(column string) string { return column + " + 0" }, // 0000-00-00 is 0
	noIndex:     unchanged,
	trueText:    "1", falseText: "0",
	listText: unchanged, floatText: mysqlFloat,
	Columns: `SELECT table_name, column_name, is_nullable = 'YES', column_default IS NOT NULL OR extra LIKE '%auto_increment%'
		FROM information_schema.columns WHERE table_schema = DATABASE()`,
	Indexes: `SELECT table_name, column_name FROM information_schema.statistics
		WHERE table_schema = DATABASE() AND seq_in_index = 1`,
	Clock: "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)",
	Triggers: `SELECT trigger_name FROM information_schema.triggers
		WHERE event_object_schema = DATABASE() AND event_object_table = 'images'`,
	bindBool: boolAsInt,
	bindTime: mysqlTime,
	exact:    "CAST(CONVERT(COLUMN USING utf8mb4) AS BINARY)",
	Classify: fault.OfMySQL,
}

var SQLite = Dialect{
	Name:        "sqlite",
	Untyped:     true,
	anyTime:     unchanged,
	joinInOrder: " CROSS JOIN ",

	nullText: "NULL", nullInt: "NULL", nullBig: "NULL", nullBool: "NULL", nullTime: "NULL",
	enumText: unchanged,
	noIndex:  func(column string) string { return "+" + column },
	trueText: "1", falseText: "0",
	listText: unchanged, floatText: unchanged,
	Columns: `SELECT m.name, p.name, p."notnull" = 0, p.dflt_value IS NOT NULL FROM sqlite_master m
		JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`,
	Indexes: `SELECT m.name, i.name FROM sqlite_master m JOIN pragma_index_list(m.name) l
		JOIN pragma_index_info(l.name) i WHERE m.type = 'table' AND i.seqno = 0 AND l.partial = 0 AND i.name IS NOT NULL`,
	bindBool: boolAsInt,
	// The text form that SQLAlchemy stores; comparisons rely on it.
	bindTime: func(t time.Time) any { return t.Format("2006-01-02 15:04:05.000000") },
	Classify: fault.OfSQLite,
}

// mysqlTime is a time as text: the driver would turn the first second of year 1 into
// 0000-00-00, which servers refuse.
func mysqlTime(t time.Time) any {
	return t.Format("2006-01-02 15:04:05.999999")
}

// bind converts a value of the registry for the driver.
func (d *Dialect) bind(v any) any {
	switch v := v.(type) {
	case bool:
		return d.bindBool(v)
	case time.Time:
		return d.bindTime(v)
	}
	return v
}

// bindFor is bind for a column. Values for a text column become text, since PostgreSQL
// does not convert parameters.
func (d *Dialect) bindFor(kind records.Kind, v any) (any, error) {
	switch value := v.(type) {
	case bool:
		if kind == records.Text {
			if value {
				return d.trueText, nil
			}
			return d.falseText, nil
		}
	case records.FloatText:
		return d.floatText(string(value)), nil
	case records.ListItem:
		return d.listText(string(value)), nil
	case int64:
		if kind == records.Text {
			return strconv.FormatInt(value, 10), nil
		}
		if d.StrictTypes && kind == records.Int32 && int64(int32(value)) != value {
			return nil, records.Errorf(records.BadValue, "%d is out of range", value)
		}
	case string:
		if d.StrictTypes && kind == records.Bool {
			return parseBool(value)
		}
		if d.StrictTypes && (kind == records.Int32 || kind == records.Int64) {
			return parseInteger(kind, value)
		}
	}
	return d.bind(v), nil
}

func parseInteger(kind records.Kind, text string) (any, error) {
	bits := 64
	if kind == records.Int32 {
		bits = 32
	}
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, bits)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return nil, records.Errorf(records.BadValue, "%q is out of range", text)
	case err != nil:
		return nil, records.Errorf(records.BadValue, "%q is not an integer", text)
	}
	return n, nil
}

// parseBool parses a boolean as PostgreSQL does.
func parseBool(text string) (any, error) {
	switch text := strings.ToLower(strings.TrimSpace(text)); {
	case text == "":
	case strings.HasPrefix("true", text), strings.HasPrefix("yes", text), text == "on", text == "1":
		return true, nil
	case strings.HasPrefix("false", text), strings.HasPrefix("no", text), text == "off", text == "of", text == "0":
		return false, nil
	}
	return nil, records.Errorf(records.BadValue, "%q is neither true nor false", text)
}

func timestamp(t time.Time) pgtype.Timestamp {
	return pgtype.Timestamp{Time: t.UTC(), Valid: true}
}
