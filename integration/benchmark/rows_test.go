package benchmark

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/servers"
)

// Projects own the images: the tenant owns 100 of them, wherever the others are.
const (
	projects     = 1000
	tenantImages = 100
)

// project is the id of one of the projects; the tenant is number 0.
func project(n int) string { return fmt.Sprintf("%032x", n) }

// imageID is the id of an image, 1 being the first.
func imageID(n int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", n, n) }

// rowMaker is how a database makes rows by itself.
type rowMaker struct {
	begin   []string                              // settings for the bulk of them
	series  string                                // the numbers n from %[1]d to %[2]d
	hex     func(number string, width int) string // with zeros in front
	instant func(seconds string) string           // since the beginning of 2020
	enum    string                                // a %s as visibility
	done    []string                              // what a database in use would have done
}

var rowMakers = map[servers.Kind]rowMaker{
	servers.PostgreSQL: {
		begin:   []string{"SET session_replication_role = replica"}, // no foreign key is checked
		series:  "generate_series(%[1]d::bigint, %[2]d::bigint) AS s(n)",
		hex:     func(number string, width int) string { return fmt.Sprintf("lpad(to_hex(%s), %d, '0')", number, width) },
		instant: func(seconds string) string { return "TIMESTAMP '2020-01-01' + (" + seconds + ") * INTERVAL '1 second'" },
		enum:    "CAST(%s AS image_visibility)",
		// The servers of the tests have no autovacuum.
		done: []string{"VACUUM ANALYZE"},
	},
	servers.MySQL: {
		begin: []string{
			"SET SESSION sql_mode = 'PIPES_AS_CONCAT', unique_checks = 0, foreign_key_checks = 0",
			// The servers of the tests are small; a million images would not fit.
			"SET GLOBAL innodb_buffer_pool_size = 1 << 30",
		},
		series: "(SELECT seq AS n FROM seq_%[1]d_to_%[2]d) s",
		hex: func(number string, width int) string {
			return fmt.Sprintf("LPAD(LOWER(HEX(%s)), %d, '0')", number, width)
		},
		instant: func(seconds string) string { return "'2020-01-01' + INTERVAL (" + seconds + ") SECOND" },
		enum:    "%s",
		done: []string{
			"ANALYZE TABLE images", "ANALYZE TABLE image_members",
			"ANALYZE TABLE image_properties", "ANALYZE TABLE image_locations",
		},
	},
	servers.SQLite: {
		begin:  []string{"PRAGMA foreign_keys = 0", "PRAGMA journal_mode = WAL"}, // the latter as in files that the gateway makes
		series: "(WITH RECURSIVE s(n) AS (SELECT %[1]d UNION ALL SELECT n + 1 FROM s WHERE n < %[2]d) SELECT n FROM s) s",
		hex:    func(number string, width int) string { return fmt.Sprintf("printf('%%0%dx', %s)", width, number) },
		instant: func(seconds string) string {
			return "strftime('%Y-%m-%d %H:%M:%S.000000', 1577836800 + " + seconds + ", 'unixepoch')"
		},
		enum: "%s",
	},
}

// chunk is how many images one statement makes.
const chunk = 50_000

// fill makes images, each with a location and some properties. One in a hundred
// is public, the others are shared, one in twenty of them with a project. The
// order in which they were created is not that of their ids.
func fill(b testing.TB, db *servers.Database, images, properties int) {
	b.Helper()
	m := rowMakers[db.Dialect]
	connection, err := db.DB.Conn(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer connection.Close()
	run := func(text string) {
		if _, err := connection.ExecContext(context.Background(), text); err != nil {
			b.Fatalf("%s: %v\n%s", db.Dialect, err, text)
		}
	}
	for _, text := range m.begin {
		run(text)
	}
	for from := 1; from <= images; from += chunk {
		series := fmt.Sprintf(m.series, from, min(images, from+chunk-1))
		run("BEGIN")
		for _, text := range m.inserts(images, properties) {
			run(text + " FROM " + series + m.where(text) + " ORDER BY n")
		}
		run("COMMIT")
	}
	for _, text := range m.done {
		run(text)
	}
	// The connection has settings that must not leak to other users of the pool.
	_ = connection.Raw(func(any) error { return sql.ErrConnDone })
}

// inserts are the statements for one chunk, as far as their FROM.
func (m rowMaker) inserts(images, properties int) []string {
	id := m.hex("n", 8) + " || '-0000-4000-8000-' || " + m.hex("n", 12)
	at := m.instant(fmt.Sprintf("(n * 7919) %% %d", images))
	owner := m.hex(fmt.Sprintf("CASE WHEN n %% %d = 0 THEN 0 ELSE 1 + n %% %d END", images/tenantImages, projects-1), 32)
	visibility := fmt.Sprintf(m.enum, "CASE WHEN n % 100 = 37 THEN 'public' ELSE 'shared' END")
	stamps := ", " + at + ", " + at + ", false"
	texts := []string{
		"INSERT INTO images (id, name, disk_format, container_format, size, status, visibility, checksum," +
			" os_hash_algo, os_hash_value, min_disk, min_ram, owner, protected, os_hidden, created_at, updated_at, deleted)" +
			" SELECT " + id + ", 'image-' || n, 'qcow2', 'bare', 4096 * n, 'active', " + visibility + ", " + m.hex("n", 32) +
			", 'sha512', " + m.hex("n", 128) + ", 10, 512, " + owner + ", false, false" + stamps,
		"INSERT INTO image_locations (image_id, value, meta_data, status, created_at, updated_at, deleted)" +
			" SELECT " + id + ", 'rbd://glance/images/' || " + id + " || '/snap', '{\"store\": \"rbd\"}', 'active'" + stamps,
		"INSERT INTO image_members (image_id, member, can_share, status, created_at, updated_at, deleted)" +
			" SELECT " + id + ", " + m.hex(fmt.Sprintf("(n * 31) %% %d", projects), 32) + ", false, 'accepted'" + stamps,
	}
	for p := range properties {
		texts = append(texts, fmt.Sprintf("INSERT INTO image_properties (image_id, name, value, created_at, updated_at, deleted)"+
			" SELECT %s, 'os_property_%d', 'value %d of image ' || n%s", id, p, p, stamps))
	}
	return texts
}

func (rowMaker) where(insert string) string {
	if strings.HasPrefix(insert, "INSERT INTO image_members") {
		return " WHERE n % 20 = 3"
	}
	return ""
}

// namespaces are about as many as glance-manage loads.
const namespaces = 40

// fillNamespaces makes public metadata definition namespaces.
func fillNamespaces(b *testing.B, db *servers.Database) {
	b.Helper()
	for n := range namespaces {
		insert := fmt.Sprintf("INSERT INTO metadef_namespaces (namespace, display_name, description, visibility, owner, created_at)"+
			" VALUES ('OS::Bench::N%d', 'Namespace %d', 'What a hypervisor can do', 'public', 'admin', '2020-01-01 00:00:%02d')", n, n, n)
		if _, err := db.DB.ExecContext(b.Context(), insert); err != nil {
			b.Fatal(err)
		}
	}
}
