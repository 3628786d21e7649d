package releases

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
)

// The queries give lines as shapeOfRecord has them: columns as table, name, type,
// nullable and default; keys as table, kind, name and columns; foreign keys as
// table, columns, other table and its columns.
var reflection = map[servers.Kind]struct{ columns, keys, foreign string }{
	servers.MySQL: {
		columns: `SELECT table_name, column_name, column_type, is_nullable = 'YES', COALESCE(column_default, '')
			FROM information_schema.columns WHERE table_schema = DATABASE()`,
		keys: `SELECT table_name, CASE WHEN index_name = 'PRIMARY' THEN 'primary key' WHEN non_unique THEN 'index' ELSE 'unique' END,
			CASE WHEN index_name = 'PRIMARY' THEN '' ELSE index_name END, GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR ' ')
			FROM information_schema.statistics WHERE table_schema = DATABASE() GROUP BY table_name, index_name, non_unique`,
		foreign: `SELECT table_name, GROUP_CONCAT(column_name SEPARATOR ' '), referenced_table_name, GROUP_CONCAT(referenced_column_name SEPARATOR ' ')
			FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL
			GROUP BY table_name, constraint_name, referenced_table_name`,
	},
	servers.PostgreSQL: {
		columns: `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, COALESCE(pg_get_expr(d.adbin, d.adrelid), '')
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
			WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped`,
		keys: `SELECT t.relname, CASE WHEN i.indisprimary THEN 'primary key' WHEN i.indisunique THEN 'unique' ELSE 'index' END,
			CASE WHEN i.indisprimary THEN '' ELSE x.relname END,
			(SELECT string_agg(a.attname, ' ' ORDER BY k.n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n)
				JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum)
			FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
			WHERE t.relnamespace = 'public'::regnamespace`,
		foreign: `SELECT conrelid::regclass::text, (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]),
			confrelid::regclass::text, (SELECT attname FROM pg_attribute WHERE attrelid = confrelid AND attnum = confkey[1])
			FROM pg_constraint WHERE contype = 'f'`,
	},
	servers.SQLite: {
		columns: `SELECT m.name, p.name, p.type, p."notnull" = 0, COALESCE(p.dflt_value, '')
			FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'`,
		keys: `SELECT m.name, CASE WHEN l."unique" THEN 'unique' ELSE 'index' END, CASE WHEN l."unique" THEN '' ELSE l.name END,
			(SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno))
			FROM sqlite_master m JOIN pragma_index_list(m.name) l WHERE m.type = 'table' AND l.origin <> 'pk'
			UNION ALL SELECT m.name, 'primary key', '', (SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_table_info(m.name) WHERE pk > 0 ORDER BY pk))
			FROM sqlite_master m WHERE m.type = 'table'`,
		foreign: `SELECT m.name, f."from", f."table", f."to" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`,
	},
}

var versionTables = []string{"alembic_version", "migrate_version"}

// shapeOf reads the shape of a database.
func shapeOf(t *testing.T, db *servers.Database) []string {
	t.Helper()
	var lines []string
	query := reflection[db.Dialect]
	each(t, db.DB, query.columns, func(f []string) {
		nullable := f[3] == "1" || f[3] == "true"
		lines = append(lines, fmt.Sprintf("%s.%s: %s null=%v default=%s", f[0], f[1], commonType(db.Dialect, f[2]), nullable, commonDefault(f[4])))
	})
	each(t, db.DB, query.keys, func(f []string) {
		lines = append(lines, f[0]+": "+strings.TrimSuffix(f[1]+" "+f[2], " ")+" "+f[3])
	})
	each(t, db.DB, query.foreign, func(f []string) {
		lines = append(lines, fmt.Sprintf("%s: foreign key %s of %s %s", f[0], f[1], f[2], f[3]))
	})
	return slices.DeleteFunc(lines, func(line string) bool {
		table, _, _ := strings.Cut(line, ":")
		table, _, _ = strings.Cut(table, ".")
		return slices.Contains(versionTables, table)
	})
}

// each calls use with the rows of a result as texts.
func each(t *testing.T, db *sql.DB, query string, use func([]string)) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		texts, targets := make([]string, len(columns)), make([]any, len(columns))
		for n := range texts {
			targets[n] = &texts[n]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		use(texts)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

// Each database has the tables that glance-manage of the release makes, column
// for column and key for key, and the gateway knows which release's it is.
func TestShapes(t *testing.T) {
	for _, name := range schema.Names {
		t.Run(name, func(t *testing.T) {
			servers.EachRelease(t, name, func(t *testing.T, db *servers.Database) { checkShape(t, db, name) })
			t.Run("by steps", func(t *testing.T) {
				for _, dialect := range servers.Dialects {
					t.Run(string(dialect), func(t *testing.T) { checkShape(t, upgraded(t, dialect, name), name) })
				}
			})
		})
	}
	t.Run("own file", func(t *testing.T) {
		db := servers.NewEmptyDatabase(t, servers.SQLite)
		if err := registrytest.Open(t, db, func(c *dbbackend.Config) { c.Create = true }).Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		checkShape(t, db, schema.Newest)
	})
}

// upgraded makes a database with the schema of a release, from that of Mitaka on.
func upgraded(t *testing.T, dialect servers.Kind, name string) *servers.Database {
	t.Helper()
	db := servers.NewEmptyDatabase(t, dialect)
	if err := db.Schema().Sync(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	return db
}

func checkShape(t *testing.T, db *servers.Database, name string) {
	t.Helper()
	r, err := schema.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	want, got := shapeOfRecord(r, db.Dialect), shapeOf(t, db)
	if db.Dialect == servers.SQLite && slices.Contains([]string{"mitaka", "newton", "ocata-expanded"}, name) {
		want = append(want, "image_members: unique image_id member")
	}
	for n := range want { // as SQLite has no names of them
		want[n] = strings.ReplaceAll(want[n], ": unique  ", ": unique ")
	}
	compareLines(t, want, got)
	checkVersion(t, r, db, strings.HasSuffix(name, "-expanded"))
	checkRecognized(t, db, name)
}

func compareLines(t *testing.T, want, got []string) {
	t.Helper()
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("missing: %s", line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("too much: %s", line)
		}
	}
	if len(want) < 100 {
		t.Errorf("the record has %d lines only", len(want))
	}
}

func checkVersion(t *testing.T, r *schema.Record, db *servers.Database, expanded bool) {
	t.Helper()
	var found []string
	table, want := "alembic_version", []string{r.Version.ContractHead}
	switch {
	case expanded:
		want = r.Expanded.Heads
	case r.Version.Name == "migrate_version":
		table, want = r.Version.Name, []string{fmt.Sprint(r.Version.Row.Version)}
	}
	column := map[string]string{"alembic_version": "version_num", "migrate_version": "version"}[table]
	each(t, db.DB, "SELECT "+column+" FROM "+table, func(f []string) { found = append(found, f[0]) })
	if !slices.Equal(found, want) {
		t.Errorf("%s has %v, want %v", table, found, want)
	}
	if db.Dialect != servers.MySQL {
		return
	}
	var triggers, wanted []string
	each(t, db.DB, `SELECT trigger_name, event_object_table, action_timing, event_manipulation
		FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY trigger_name`, func(f []string) {
		triggers = append(triggers, strings.Join(f, " "))
	})
	if expanded {
		for _, trigger := range r.Expanded.Triggers {
			wanted = append(wanted, strings.Join([]string{trigger.Name, trigger.Table, trigger.Timing, trigger.Event}, " "))
		}
	}
	if !slices.Equal(triggers, wanted) {
		t.Errorf("triggers %v, want %v", triggers, wanted)
	}
}

// The glance-manage that Debian has makes the same tables as the steps here.
func TestShapeOfGlanceManage(t *testing.T) {
	servers.Require(t, servers.Glance)
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			db := servers.NewEmptyDatabase(t, dialect)
			servers.GlanceManage(t, db, "db", "sync")
			var release string
			each(t, db.DB, "SELECT version_num FROM alembic_version", func(f []string) {
				release = map[string]string{"wallaby_contract01": "zed", "2024_1_contract01": schema.Newest}[f[0]]
				if release == "" {
					t.Fatalf("no release here has the revision %s", f[0])
				}
			})
			compareLines(t, shapeOf(t, db), shapeOf(t, upgraded(t, dialect, release)))
		})
	}
}

// shapeOfRecord is a record in lines that can be compared, without what differs from
// database to database of one release: the order of columns and the names of
// foreign keys.
func shapeOfRecord(r *schema.Record, dialect servers.Kind) []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for name, t := range r.Tables {
		for _, c := range t.Columns {
			text := c.Type(schema.Dialect(dialect))
			value := ""
			if c.Default != nil {
				value = *c.Default
			}
			add("%s.%s: %s null=%v default=%s", name, c.Name, commonType(dialect, text), c.Nullable, commonDefault(value))
		}
		add("%s: primary key %s", name, strings.Join(t.PrimaryKey, " "))
		for _, i := range t.Indexes {
			if !i.MySQLOnly || dialect == servers.MySQL {
				add("%s: index %s %s", name, i.Name, strings.Join(i.Columns, " "))
			}
		}
		for _, u := range t.Unique {
			if dialect == servers.SQLite { // which forgets the names
				u.Name = ""
			}
			add("%s: unique %s %s", name, u.Name, strings.Join(u.Columns, " "))
		}
		for _, f := range t.ForeignKeys {
			add("%s: foreign key %s of %s %s", name, strings.Join(f.Columns, " "), f.Table, strings.Join(f.RefColumns, " "))
		}
	}
	return lines
}

// displayWidth is what MySQL no longer shows since 8.0.19, except for booleans.
var displayWidth = regexp.MustCompile(`^(int|bigint)\([0-9]+\)`)

// commonType spells a type in one way. Integers of all sizes are one in SQLite.
func commonType(dialect servers.Kind, text string) string {
	text = displayWidth.ReplaceAllString(text, "$1")
	text = strings.ReplaceAll(strings.ToLower(strings.ReplaceAll(text, ", ", ",")), "character varying", "varchar")
	if dialect == servers.SQLite && text == "bigint" {
		return "integer"
	}
	return text
}

func commonDefault(text string) string {
	text, _, _ = strings.Cut(text, "::") // PostgreSQL's type
	switch text = strings.Trim(text, "'"); {
	case text == "NULL", strings.HasPrefix(text, "nextval("):
		return ""
	case text == "false":
		return "0"
	}
	return text
}
