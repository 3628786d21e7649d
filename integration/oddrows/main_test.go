// Package oddrows puts values into the database that Glance would not have
// stored, and reads them by every route: such a row is answered as well as it can
// be, and never in the way of others.
package oddrows

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/records"
)

func TestMain(m *testing.M) { registrytest.Main(m) }

type object = map[string]any

// A scene is a database with rows in every table, and a gateway in front of it.
type scene struct {
	t    *testing.T
	db   *servers.Database
	rest *registrytest.Registry
	rpc  *rpctest.Registry
	told []string // about odd rows

	walks bool // whether reads go through pages
}

// The image that gets odd values, and one that gets none.
const (
	odd   = "0dd00dd0-0000-4000-8000-000000000000"
	plain = "5eed5eed-0000-4000-8000-000000000000"
)

// tables are those with rows to spoil, and the column that tells their rows.
var tables = map[records.Table]string{
	records.Images: "id", records.ImageProperties: "id", records.ImageLocations: "id", records.ImageMembers: "id", records.ImageTags: "id",
	records.Tasks: "id", records.TaskInfo: "task_id",
	records.MetadefNamespaces: "id", records.MetadefObjects: "id", records.MetadefProperties: "id", records.MetadefTags: "id",
	records.MetadefResourceTypes: "id", records.MetadefNamespaceResourceType: "resource_type_id",
}

func newScene(t *testing.T, db *servers.Database) *scene {
	s := &scene{t: t, db: db}
	store := registrytest.Open(t, db, func(c *dbbackend.Config) {
		c.OnOddRow = func(row, problem string) { s.told = append(s.told, row+": "+problem) }
	})
	s.rest, s.rpc = registrytest.Serve(t, store), rpctest.Serve(t, &registry.Service{Store: store})
	for _, id := range []string{odd, plain} {
		s.rpc.Call("image_create", object{"values": object{
			"id": id, "name": "x", "status": "active", "visibility": "public", "owner": "t1", "size": 5, "properties": object{"p": "v"},
			"locations": []object{{"url": "file:///x", "metadata": object{"store": "fast"}, "status": "active"}},
		}}).OK()
		s.rpc.Call("image_tag_create", object{"image_id": id, "value": "tag"}).OK()
		s.rpc.Call("image_member_create", object{"values": object{"image_id": id, "member": "t2"}}).OK()
	}
	for _, id := range []string{odd, plain} {
		s.rpc.Call("task_create", object{"values": object{"id": id, "type": "import", "status": "pending", "owner": "t1", "input": object{"a": 1}}}).OK()
	}
	for _, name := range []string{"N", "M"} {
		s.rpc.Call("metadef_namespace_create", object{"values": object{"namespace": name, "owner": "t1", "visibility": "public"}}).OK()
		s.rpc.Call("metadef_object_create", object{"namespace_name": name, "object_dict": object{"name": "O", "json_schema": object{}}}).OK()
		s.rpc.Call("metadef_property_create", object{"namespace_name": name, "property_dict": object{"name": "P", "json_schema": object{}}}).OK()
		s.rpc.Call("metadef_tag_create", object{"namespace_name": name, "tag_dict": object{"name": "T"}}).OK()
		s.rpc.Call("metadef_resource_type_association_create", object{"namespace_name": name,
			"values": object{"name": "R", "properties_target": nil, "prefix": nil}}).OK()
	}
	for table := range tables {
		s.db.Exec(s.t, "CREATE TABLE kept_"+string(table)+" AS SELECT * FROM "+string(table))
	}
	return s
}

// put gives a column of the first row of a table a value, as SQL; it tells
// whether the database has taken it.
func (s *scene) put(table records.Table, column, value string) bool {
	key := tables[table]
	conn, err := s.db.DB.Conn(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if s.db.Dialect == servers.MySQL {
		mode := s.execOn(conn, "SET SESSION sql_mode = 'ALLOW_INVALID_DATES'")
		defer func() { _ = s.execOn(conn, "SET SESSION sql_mode = DEFAULT") }()
		if mode != nil {
			s.t.Fatal(mode)
		}
	}
	first := fmt.Sprintf("(SELECT k.%s FROM kept_%s k ORDER BY %s LIMIT 1)", key, table, s.first(key))
	return s.execOn(conn, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s = %s", table, column, value, key, first)) == nil
}

// first orders the rows so that the odd one comes first.
func (s *scene) first(key string) string {
	if key == "id" || key == "task_id" {
		return "k." + key
	}
	return "k.namespace_id"
}

func (s *scene) execOn(conn *sql.Conn, statement string) error {
	_, err := conn.ExecContext(context.Background(), statement)
	return err
}

// restore takes back what put did.
func (s *scene) restore(table records.Table, column string) {
	s.t.Helper()
	key := tables[table]
	s.db.Exec(s.t, fmt.Sprintf("UPDATE %s SET %s = (SELECT k.%s FROM kept_%s k WHERE k.%s = %s.%s LIMIT 1)", table, column, column, table, key, table, key))
}

// allowNull takes NOT NULL from a column, as migrations of long ago may have left
// it.
func (s *scene) allowNull(table records.Table, column string) {
	s.t.Helper()
	switch s.db.Dialect {
	case servers.PostgreSQL:
		s.db.Exec(s.t, fmt.Sprintf("ALTER TABLE %s ALTER %s DROP NOT NULL", table, column))
	case servers.MySQL:
		kind := servers.Value[string](s.t, s.db, `SELECT column_type FROM information_schema.columns WHERE table_schema = DATABASE()
			AND table_name = ? AND column_name = ?`, table, column)
		s.db.Exec(s.t, fmt.Sprintf("ALTER TABLE %s MODIFY %s %s NULL", table, column, kind))
	}
}

// asciiDatabase is a database of PostgreSQL that takes every byte.
func asciiDatabase(t *testing.T) *servers.Database {
	t.Helper()
	shared := servers.NewEmptyDatabase(t, servers.PostgreSQL)
	if _, err := shared.DB.Exec("CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"); err != nil {
		t.Fatal(err)
	}
	scheme, rest, _ := strings.Cut(shared.URL, "://")
	u, err := url.Parse("postgresql://" + rest)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/ascii"
	db, err := sql.Open("pgx", u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = db.Close()
		_, _ = shared.DB.Exec("DROP DATABASE ascii WITH (FORCE)")
	})
	made := &servers.Database{Dialect: servers.PostgreSQL, URL: scheme + "://" + strings.TrimPrefix(u.String(), "postgresql://"), DB: db}
	made.Load(t, "train")
	return made
}
