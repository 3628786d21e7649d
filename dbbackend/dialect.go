package dbbackend

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/glancegate/glancegate/registry/records"
)

// dialect is where the databases differ. Everything else in this package is
// the same SQL for all three.
type dialect struct {
	name string

	// numbered placeholders are $1, $2, ...; others are question marks.
	numbered bool

	// nullsHigh databases sort NULL above every value.
	nullsHigh bool

	// null is a typed NULL for the columns of a UNION; empty types are NULL.
	nullText, nullInt, nullBig, nullBool, nullTime string

	// lockPatience is how long something is tried again that meets a lock which
	// another transaction holds.
	lockPatience time.Duration

	// lock makes a SELECT keep other writers of the row out.
	lock string

	// returning asks an INSERT for the id of the new row.
	returning string

	// noIndex keeps the planner from an index on a column. That of SQLite knows
	// nothing about its values unless somebody runs ANALYZE, and takes an index on
	// a flag that all rows have for a good one.
	noIndex func(column string) string

	// hasEnum databases sort the visibility by its place in an ENUM, others by
	// its name.
	hasEnum bool

	// enumText reads an ENUM column as text.
	enumText func(column string) string

	// trueText and falseText are what a boolean becomes in a text column.
	trueText, falseText string

	// floatText is what a number with a fraction becomes in a text column.
	floatText func(number string) string

	// listText is what a list with one text becomes in a text column.
	listText func(item string) string

	// columns lists the tables and columns of the database, with 1 where they
	// take null and 1 where they have a default.
	columns string

	// triggers lists those that write is_public while an upgrade to Ocata is under
	// way, and refuse statements that name it as well. Empty: the database has none.
	triggers string

	// indexes lists tables with the first column of each of their indexes.
	indexes string

	// clock is the time of the server in microseconds since 1970; empty: it has
	// ours.
	clock string

	// sequenceRight fails where the ids of TABLE can't be made.
	sequenceRight string

	// bindBool and bindTime are how the driver wants these values.
	bindBool func(bool) any
	bindTime func(time.Time) any

	// unionSortsText databases sort an ENUM by its text once it went through a
	// UNION.
	unionSortsText bool

	// strictTypes databases refuse to compare a number with a text.
	strictTypes bool

	// anyTime is a column of times so that what is no time can be compared, too.
	anyTime func(column string) string

	// untyped databases keep values of any type in a column.
	untyped bool

	// exact is a text COLUMN as bytes in UTF-8; empty: the database compares texts
	// like that anyway.
	exact string

	// classify translates an error of the driver.
	classify func(error) fault
}

// mysqlFloat writes a number as MySQL does: 1.0 is 1 there.
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

func (d *dialect) trueLiteral() string {
	if d.numbered {
		return "true"
	}
	return "1"
}

func (d *dialect) falseLiteral() string {
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

var postgreSQL = dialect{
	name: "postgresql",

	lockPatience: lockPatience,

	numbered:  true,
	nullsHigh: true,
	nullText:  "NULL::text", nullInt: "NULL::integer", nullBig: "NULL::bigint",
	nullBool: "NULL::boolean", nullTime: "NULL::timestamp",
	// Foreign key checks of children, glance-api's too, are not blocked by it.
	lock:      " FOR NO KEY UPDATE",
	returning: " RETURNING ",
	hasEnum:   true,
	enumText:  func(column string) string { return column + "::text" },
	anyTime:   unchanged,
	noIndex:   unchanged,
	trueText:  "true", falseText: "false",
	listText:  arrayText,
	floatText: unchanged,
	// Of tables with one name, the first in the search_path is the one in use; what
	// stands in other schemas than the images, version tables too, is not Glance's.
	columns: `SELECT c.table_name, c.column_name, CASE c.is_nullable WHEN 'YES' THEN 1 ELSE 0 END,
		CASE WHEN c.column_default IS NULL AND c.is_identity = 'NO' AND c.is_generated = 'NEVER' THEN 0 ELSE 1 END
		FROM information_schema.columns c JOIN pg_namespace n ON n.nspname = c.table_schema
		JOIN pg_class t ON t.relnamespace = n.oid AND t.relname = c.table_name
		WHERE c.table_schema = ANY (current_schemas(false)) AND pg_table_is_visible(t.oid)
		AND t.relnamespace = COALESCE((SELECT i.relnamespace FROM pg_class i WHERE i.relname = 'images' AND pg_table_is_visible(i.oid)),
			t.relnamespace)`,
	indexes: `SELECT t.relname::text, a.attname::text FROM pg_index i
		JOIN pg_class t ON t.oid = i.indrelid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
		WHERE pg_table_is_visible(t.oid) AND i.indisvalid AND i.indpred IS NULL`,
	clock: "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
	sequenceRight: `SELECT CASE WHEN has_sequence_privilege(pg_get_serial_sequence('TABLE', 'id'), 'USAGE, UPDATE') IS FALSE
		THEN currval(pg_get_serial_sequence('TABLE', 'id')) END`,
	bindBool:    func(b bool) any { return b },
	bindTime:    func(t time.Time) any { return timestamp(t) },
	strictTypes: true,
	classify:    classifyPostgreSQL,
}

var mySQL = dialect{
	name:           "mysql",
	lockPatience:   lockPatience,
	unionSortsText: true,
	nullText:       "NULL", nullInt: "NULL", nullBig: "NULL", nullBool: "NULL", nullTime: "NULL",
	lock:     " FOR UPDATE",
	hasEnum:  true,
	enumText: unchanged,
	anyTime:  func(column string) string { return column + " + 0" }, // 0000-00-00 is 0
	noIndex:  unchanged,
	trueText: "1", falseText: "0",
	listText: unchanged, floatText: mysqlFloat,
	columns: `SELECT table_name, column_name, is_nullable = 'YES', column_default IS NOT NULL OR extra LIKE '%auto_increment%'
		FROM information_schema.columns WHERE table_schema = DATABASE()`,
	indexes: `SELECT table_name, column_name FROM information_schema.statistics
		WHERE table_schema = DATABASE() AND seq_in_index = 1`,
	clock: "SELECT CAST(UNIX_TIMESTAMP(SYSDATE(6)) * 1000000 AS SIGNED)",
	triggers: `SELECT trigger_name FROM information_schema.triggers
		WHERE event_object_schema = DATABASE() AND event_object_table = 'images'`,
	bindBool: boolAsInt,
	bindTime: mysqlTime,
	exact:    "CAST(CONVERT(COLUMN USING utf8mb4) AS BINARY)",
	classify: classifyMySQL,
}

var sqlite = dialect{
	name:    "sqlite",
	untyped: true,
	anyTime: unchanged,

	lockPatience: sqliteLockPatience,

	nullText: "NULL", nullInt: "NULL", nullBig: "NULL", nullBool: "NULL", nullTime: "NULL",
	enumText: unchanged,
	noIndex:  func(column string) string { return "+" + column },
	trueText: "1", falseText: "0",
	listText: unchanged, floatText: unchanged,
	columns: `SELECT m.name, p.name, p."notnull" = 0, p.dflt_value IS NOT NULL FROM sqlite_master m
		JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`,
	indexes: `SELECT m.name, i.name FROM sqlite_master m JOIN pragma_index_list(m.name) l
		JOIN pragma_index_info(l.name) i WHERE m.type = 'table' AND i.seqno = 0 AND l.partial = 0 AND i.name IS NOT NULL`,
	bindBool: boolAsInt,
	// The text form that SQLAlchemy stores; comparisons rely on it.
	bindTime: func(t time.Time) any { return t.Format("2006-01-02 15:04:05.000000") },
	classify: classifySQLite,
}

// mysqlTime is a time as text: the driver would make 0000-00-00 of the first
// second of year 1, which servers refuse.
func mysqlTime(t time.Time) any {
	return t.Format("2006-01-02 15:04:05.999999")
}

// bind turns a value of the rules into one that the driver takes.
func (d *dialect) bind(v any) any {
	switch v := v.(type) {
	case bool:
		return d.bindBool(v)
	case time.Time:
		return d.bindTime(v)
	}
	return v
}

// bindFor is bind for a column: what goes into a text column becomes text here,
// since PostgreSQL does not convert parameters.
func (d *dialect) bindFor(kind records.Kind, v any) (any, error) {
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
		if d.strictTypes && kind == records.Int32 && int64(int32(value)) != value {
			return nil, records.Errorf(records.BadValue, "%d is out of range", value)
		}
	case string:
		if d.strictTypes && kind == records.Bool {
			return parseBool(value)
		}
		if d.strictTypes && (kind == records.Int32 || kind == records.Int64) {
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
		return nil, records.Errorf(records.BadValue, "%q is no integer", text)
	}
	return n, nil
}

// parseBool reads a text as PostgreSQL does where a boolean belongs.
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
