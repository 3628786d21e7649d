package releases

import (
	"errors"
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// eachDatabase runs a test on every kind of database with the schema of a release.
func eachDatabase(t *testing.T, name string, test func(*testing.T, *servers.Database)) {
	for _, dialect := range servers.Dialects {
		t.Run(string(dialect), func(t *testing.T) { test(t, New(t, dialect, name)) })
	}
}

// addImage makes a row with the given columns, values as SQL.
func addImage(t *testing.T, db *servers.Database, id string, columns map[string]string) {
	t.Helper()
	names, values := "", ""
	for name, value := range columns {
		names, values = names+", "+name, values+", "+value
	}
	execute(t, db, "INSERT INTO images (id, status, created_at, updated_at, deleted, min_disk, min_ram, protected, owner"+names+
		") VALUES ('"+id+"', 'active', '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000', false, 0, 0, false, 'own'"+values+")")
}

func addMember(t *testing.T, db *servers.Database, image, member, status string, deleted bool) {
	t.Helper()
	execute(t, db, fmt.Sprintf("INSERT INTO image_members (image_id, member, can_share, status, created_at, deleted) "+
		"VALUES ('%s', '%s', false, '%s', '2026-01-01 00:00:00.000000', %v)", image, member, status, deleted))
}

func execute(t *testing.T, db *servers.Database, statement string) {
	t.Helper()
	if _, err := db.DB.Exec(statement); err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
}

// columnOf is a column of an image as text.
func columnOf(t *testing.T, db *servers.Database, id, column string) string {
	t.Helper()
	var value any
	if err := db.DB.QueryRow("SELECT " + column + " FROM images WHERE id = '" + id + "'").Scan(&value); err != nil {
		t.Fatal(err)
	}
	switch v := value.(type) {
	case []byte:
		return string(v)
	case int64:
		return fmt.Sprint(v == 1) // a boolean
	}
	return fmt.Sprint(value)
}

// kindOf is the kind of an error of the rules.
func kindOf(err error) (kind records.ErrorKind, text string) {
	var e *records.Error
	if errors.As(err, &e) {
		return e.Kind, e.Message
	}
	return -1, fmt.Sprint(err)
}
