package releases

import (
	"net/url"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// recognized is what each database is to the gateway.
var recognized = map[string]string{
	"mitaka": "complete, Mitaka, Newton", "newton": "complete, Mitaka, Newton",
	"ocata-expanded": "expanded, Mitaka, Newton to Ocata", "ocata": "complete, Ocata", "pike": "complete, Pike",
	"queens": "complete, Queens", "rocky": "complete, Rocky, Stein", "train": "complete, Train",
	schema.Newest: "complete, 2024.1, 2024.2, 2025.1, 2025.2, 2026.1, 2026.2",
}

func checkRecognized(t *testing.T, db *servers.Database, name string) {
	t.Helper()
	state, err := registrytest.Open(t, db).State(t.Context())
	got, _, _ := strings.Cut(state.String(), " (")
	if err != nil || got != recognized[name] {
		t.Errorf("%s: %v, want %s", state, err, recognized[name])
	}
	if noted := state.Kind != release.Complete; noted != (state.Note != "") {
		t.Errorf("%s: note %q", state, state.Note)
	}
}

// What is no complete database of a known release is read where that is right, and
// written where an operator says so.
func TestStrangeDatabases(t *testing.T) {
	for name, row := range map[string]struct {
		make         string // statements
		kind         release.Kind
		reads        bool
		writes       bool
		writesIfTold bool
		reason       string
	}{
		"empty":         {"!CREATE TABLE x (n INTEGER); DROP TABLE x", release.Empty, false, false, false, "glance-manage db_sync"},
		"foreign":       {"!CREATE TABLE instances (id INTEGER)", release.Foreign, false, false, false, "lacks images.id"},
		"foreign image": {"!CREATE TABLE images (id INTEGER, name VARCHAR(10))", release.Foreign, false, false, false, "lacks images.disk_format"},
		"no version":    {"DROP TABLE alembic_version; DROP TABLE migrate_version", release.Unversioned, true, false, true, "no version"},
		"left over":     {"DROP TABLE alembic_version; UPDATE migrate_version SET version = 44", release.Unversioned, true, false, true, "version 44 in migrate_version"},
		"older":         {"DROP TABLE alembic_version; UPDATE migrate_version SET version = 41", release.Older, true, false, true, "older"},
		"newer":         {"UPDATE alembic_version SET version_num = '2030_1_contract01'; ALTER TABLE images ADD COLUMN color VARCHAR(9)", release.Newer, true, false, true, "2030_1_contract01"},
		"newer, with a required column": {"UPDATE alembic_version SET version_num = '2030_1_contract01'; DELETE FROM image_tags; " +
			"ALTER TABLE image_tags ADD COLUMN color VARCHAR(9) NOT NULL DEFAULT 'x'; required", release.Newer, true, false, false, ""},
		"newer, half way": {"INSERT INTO alembic_version (version_num) VALUES ('2030_1_expand01')", release.Newer, true, false, true, "2030_1_expand01"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, dialect := range servers.Dialects {
				t.Run(string(dialect), func(t *testing.T) {
					db := servers.NewEmptyDatabase(t, dialect)
					statements, isEmpty := strings.CutPrefix(row.make, "!")
					if !isEmpty {
						db = upgraded(t, dialect, schema.Newest)
						addImage(t, db, "a", nil)
					}
					for statement := range strings.SplitSeq(statements, "; ") {
						switch {
						case statement == "required":
							dropDefault(t, db)
						case statement != "":
							db.Exec(t, statement)
						}
					}
					for _, told := range []bool{false, true} {
						backend := registrytest.Open(t, db, func(c *dbbackend.Config) { c.AllowUnknownSchema = told })
						state, err := backend.State(t.Context())
						if state.Kind != row.kind || (err == nil) != row.reads || !strings.Contains(state.Note, row.reason) {
							t.Errorf("%s: %q, %v", state, state.Note, err)
						}
						_, err = backend.Image(t.Context(), "a")
						if kind, text := kindOf(err); (err == nil) != row.reads ||
							!row.reads && (kind != records.Unavailable || !strings.Contains(text, row.reason)) {
							t.Errorf("reading: %v", err)
						}
						_, err = backend.Images(t.Context(), &records.Query{Limit: -1, Sort: []records.SortKey{{Column: "id"}}, Children: records.WithTags})
						if (err == nil) != row.reads {
							t.Errorf("listing: %v", err)
						}
						writes := row.writes || told && row.writesIfTold
						err = backend.InTx(t.Context(), func(tx records.Tx) error {
							_, err := tx.Update(t.Context(), records.Images, records.Values{{Column: "id", Value: "a"}},
								records.Values{{Column: "name", Value: "written"}, {Column: "visibility", Value: records.Public}})
							return err
						})
						kind, text := kindOf(err)
						refused := kind == records.ReadOnly && strings.Contains(text, "Read-only access: ")
						if (err == nil) != writes || row.reads && !writes && !refused || !row.reads && kind != records.Unavailable {
							t.Errorf("writing, told %v: %v", told, err)
						}
						if row.reads && (backend.Writable() == nil) != writes {
							t.Errorf("told %v: said to be writable: %v", told, backend.Writable())
						}
					}
				})
			}
		})
	}
}

// dropDefault leaves image_tags with a column that every row needs a value for.
func dropDefault(t *testing.T, db *servers.Database) {
	switch db.Dialect {
	case servers.SQLite:
		db.Exec(t, "DROP TABLE image_tags")
		db.Exec(t, "CREATE TABLE image_tags (id INTEGER PRIMARY KEY, image_id VARCHAR(36) NOT NULL, value VARCHAR(255) NOT NULL, "+
			"created_at DATETIME NOT NULL, updated_at DATETIME, deleted_at DATETIME, deleted BOOLEAN NOT NULL, color VARCHAR(9) NOT NULL)")
	default:
		db.Exec(t, "ALTER TABLE image_tags ALTER COLUMN color DROP DEFAULT")
	}
}

// PostgreSQL takes a table from the first schema of the search_path that has it,
// and what other schemas have of that name does not matter.
func TestSchemasOfSearchPath(t *testing.T) {
	for release, public := range map[string]string{
		"train":          "mitaka",
		"ocata-expanded": "train",
		"mitaka":         "rocky",
		"rocky":          "foreign",
		"queens":         "",
	} {
		t.Run(release+" before "+public, func(t *testing.T) {
			db := servers.NewEmptyDatabase(t, servers.PostgreSQL)
			db.DB.SetMaxIdleConns(0) // as the path counts for new connections
			switch public {
			case "":
			case "foreign":
				db.Exec(t, "CREATE TABLE images (id INTEGER, color INTEGER NOT NULL)")
				db.Exec(t, "CREATE TABLE alembic_version (version_num VARCHAR(32))")
				db.Exec(t, "INSERT INTO alembic_version VALUES ('another')")
			default:
				if err := db.Schema().Make(t.Context(), public); err != nil {
					t.Fatal(err)
				}
			}
			db.Exec(t, "CREATE SCHEMA glance")
			db.Exec(t, "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET search_path = glance, public'; END $$")
			if err := db.Schema().Make(t.Context(), release); err != nil {
				t.Fatal(err)
			}
			checkRecognized(t, db, release)
			registrytest.New(t, db).Tour()
			if release != "queens" { // which has no case of its own there
				testWrites(t, db, release)
			}
			db.Exec(t, "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' RESET search_path'; END $$")
			byURL := *db
			byURL.URL += map[bool]string{true: "&", false: "?"}[strings.Contains(db.URL, "?")] +
				"options=" + url.QueryEscape("-csearch_path=glance,public")
			checkRecognized(t, &byURL, release)
		})
	}
}

// Glance's tables on MySQL have a character set of their own, whatever that of the
// database is.
func TestCharacterSetOfDatabase(t *testing.T) {
	for _, set := range []string{"latin1", "utf8mb4 COLLATE utf8mb4_bin", "ucs2"} {
		for _, release := range []string{"mitaka", "ocata-expanded", schema.Newest} {
			t.Run(set+", "+release, func(t *testing.T) {
				db := servers.NewEmptyDatabase(t, servers.MySQL)
				db.Exec(t, "ALTER DATABASE CHARACTER SET "+set)
				if err := db.Schema().Make(t.Context(), release); err != nil {
					t.Fatal(err)
				}
				checkRecognized(t, db, release)
				registrytest.New(t, db).Tour()
				testWrites(t, db, release)
			})
		}
	}
}
