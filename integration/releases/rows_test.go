package releases

import (
	"errors"
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

func TestMain(m *testing.M) { servers.Main(m) }

// addImage makes a row with the given columns, values as SQL.
func addImage(t *testing.T, db *servers.Database, id string, columns map[string]string) {
	t.Helper()
	names, values := "", ""
	for name, value := range columns {
		names, values = names+", "+name, values+", "+value
	}
	db.Exec(t, "INSERT INTO images (id, status, created_at, updated_at, deleted, min_disk, min_ram, protected, owner"+names+
		") VALUES ('"+id+"', 'active', '2026-01-01 00:00:00.000000', '2026-01-01 00:00:00.000000', false, 0, 0, false, 'own'"+values+")")
}

func addMember(t *testing.T, db *servers.Database, image, member, status string, deleted bool) {
	t.Helper()
	db.Exec(t, fmt.Sprintf("INSERT INTO image_members (image_id, member, can_share, status, created_at, deleted) "+
		"VALUES ('%s', '%s', false, '%s', '2026-01-01 00:00:00.000000', %v)", image, member, status, deleted))
}

// columnOf is a column of an image as text.
func columnOf(t *testing.T, db *servers.Database, id, column string) string {
	t.Helper()
	value := servers.Value[any](t, db, "SELECT "+column+" FROM images WHERE id = '"+id+"'")
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
