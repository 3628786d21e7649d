package releases

import (
	"net/url"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
)

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
