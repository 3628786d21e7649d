package servers

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

const groupName = "9e1f7b3a-0000-4000-8000-676c616e6365"

// Group is a group of MySQL servers with one primary (Group Replication) that
// belongs to one test. What it is not set to is MySQL's default.
type Group struct{ Members []*GroupMember }

// GroupMember is a member of a group.
type GroupMember struct {
	*Server
	Database *Database // Glance's, as this member has it
	Name     string

	id string // server_uuid
}

// StartGroup starts a group of so many members with Glance's schema. The first
// one is the primary. The test is skipped where there is no MySQL.
func StartGroup(t testing.TB, members int) *Group {
	t.Helper()
	Require(t, MySQL)
	if !IsMySQL() {
		t.Skip("Group Replication is a part of MySQL's packages, not of MariaDB's")
	}
	// Another program may have taken a port in the meantime.
	var err error
	for range 3 {
		g := &Group{}
		if err = g.start(t, members); err == nil {
			g.Members[0].Database.Load(t, "train")
			return g
		}
	}
	t.Fatalf("Group Replication does not start: %v", err)
	return nil
}

func (g *Group) start(t testing.TB, members int) error {
	ports := make([]int, 2*members) // of the servers, and the group
	var seeds []string
	for i := range ports {
		var err error
		if ports[i], err = kit.FreePort(); err != nil {
			return err
		}
	}
	for _, port := range ports[members:] {
		seeds = append(seeds, fmt.Sprintf("127.0.0.1:%d", port))
	}
	for i := range members {
		m, err := startMember(t, i, ports[i], ports[members+i], strings.Join(seeds, ","))
		if err != nil {
			return err
		}
		g.Members = append(g.Members, m)
		if err := m.join(i == 0); err != nil {
			return fmt.Errorf("%s: %w\n%s", m.Name, err, m.process.output())
		}
	}
	return nil
}

func startMember(t testing.TB, number, port, group int, seeds string) (*GroupMember, error) {
	f, err := newFolder(MySQL, mySQL.account)
	if err != nil {
		return nil, err
	}
	m := &GroupMember{Name: fmt.Sprint("member", number)}
	p, err := startMySQL(f, port,
		fmt.Sprintf("--server-id=%d", number+1),
		"--gtid-mode=ON",
		"--enforce-gtid-consistency=ON",
		"--report-host=127.0.0.1",
		fmt.Sprintf("--report-port=%d", port),
		// A member that is killed has what it acknowledged.
		"--innodb-flush-log-at-trx-commit=2",
		"--innodb-buffer-pool-size=128M",
		"--plugin-load-add=group_replication.so",
		"--loose-group-replication-start-on-boot=OFF",
		"--loose-group-replication-group-name="+groupName,
		fmt.Sprintf("--loose-group-replication-local-address=127.0.0.1:%d", group),
		"--loose-group-replication-group-seeds="+seeds,
		"--loose-group-replication-ssl-mode=DISABLED",
		"--loose-group-replication-recovery-reconnect-interval=1",
		"--auto-generate-certs=ON", // recovery connects with TLS only
	)
	if err != nil {
		f.remove()
		return nil, err
	}
	m.Server = &Server{&server{
		kind: MySQL, driver: mySQL.driver, admin: mySQL.admin, dsn: mySQL.dsn, url: mySQL.url, process: p, port: port,
	}}
	t.Cleanup(m.stop)
	if m.db, err = sql.Open(m.driver, m.dsn(port, m.admin)); err != nil {
		return nil, err
	}
	db, err := sql.Open(m.driver, m.dsn(port, clusterDatabase))
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = db.Close() })
	m.Database = &Database{Dialect: MySQL, URL: m.url(port, clusterDatabase), DB: db}
	return m, p.await(m.db.PingContext)
}

// join makes a new server a member, the first one of a group, or one more.
func (m *GroupMember) join(first bool) error {
	statements := []string{
		// The accounts are no transactions of the group's.
		"RESET BINARY LOGS AND GTIDS",
		fmt.Sprintf("CHANGE REPLICATION SOURCE TO SOURCE_USER = '%s', SOURCE_PASSWORD = '%s' FOR CHANNEL 'group_replication_recovery'", userName, password),
		"START GROUP_REPLICATION",
	}
	if first {
		statements = slices.Insert(statements, 2, "SET GLOBAL group_replication_bootstrap_group = ON")
		statements = append(statements, "SET GLOBAL group_replication_bootstrap_group = OFF", "CREATE DATABASE "+clusterDatabase)
	}
	for _, statement := range statements {
		if _, err := m.db.Exec(statement); err != nil {
			return fmt.Errorf("%.40s: %w", statement, err)
		}
	}
	if err := m.db.QueryRow("SELECT @@server_uuid").Scan(&m.id); err != nil {
		return err
	}
	return m.process.await(m.online)
}

// Said is what a member says of another one, or of itself.
type Said struct{ State, Role string }

// Says is what the member says of each member, by name. It is one that has left
// the group where it knows only itself.
func (g *Group) Says(ctx context.Context, m *GroupMember) (map[string]Said, error) {
	rows, err := m.db.QueryContext(ctx, "SELECT MEMBER_ID, MEMBER_STATE, MEMBER_ROLE FROM performance_schema.replication_group_members")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	said := map[string]Said{}
	for rows.Next() {
		var id string
		var s Said
		if err := rows.Scan(&id, &s.State, &s.Role); err != nil {
			return nil, err
		}
		for _, other := range g.Members {
			if other.id == id {
				said[other.Name] = s
			}
		}
	}
	return said, rows.Err()
}

// online reports an error until the member takes part in the group.
func (m *GroupMember) online(ctx context.Context) error {
	var state string
	err := m.db.QueryRowContext(ctx, "SELECT MEMBER_STATE FROM performance_schema.replication_group_members WHERE MEMBER_ID = ?", m.id).Scan(&state)
	if err == nil && state != "ONLINE" {
		err = fmt.Errorf("%s is %s", m.Name, state)
	}
	return err
}

// AwaitOnline waits until every member says that all of them take part in the
// group. One that was expelled says so of itself for seconds, and joins by itself.
func (g *Group) AwaitOnline(t testing.TB) {
	t.Helper()
	for _, m := range g.Members {
		err := m.process.await(func(ctx context.Context) error {
			said, err := g.Says(ctx, m)
			for _, other := range g.Members {
				if err == nil && said[other.Name].State != "ONLINE" {
					err = fmt.Errorf("%s says that %s is %q", m.Name, other.Name, said[other.Name].State)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// AwaitAll waits until the member has what the others had committed.
func (m *GroupMember) AwaitAll(t testing.TB) {
	t.Helper()
	conn, err := m.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range []string{"SET SESSION group_replication_consistency = 'BEFORE'", "SELECT 1 FROM mysql.user LIMIT 1", "SET SESSION group_replication_consistency = DEFAULT"} {
		if _, err := conn.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %s: %v", m.Name, statement, err)
		}
	}
}

// Kill ends the member where it is.
func (m *GroupMember) Kill(t testing.TB) {
	t.Helper()
	m.end(t, syscall.SIGKILL)
}

// Rejoin starts a member that was killed, and has it join the group.
func (m *GroupMember) Rejoin(t testing.TB) {
	t.Helper()
	folder := m.process.folder
	if err := folder.write("init.sql", ""); err != nil {
		t.Fatal(err)
	}
	p, err := launch(folder, m.process.program, m.process.args...)
	if err != nil {
		t.Fatal(err)
	}
	m.process = p
	if err := p.await(m.db.PingContext); err != nil {
		t.Fatal(err)
	}
	m.Exec(t, "START GROUP_REPLICATION")
}

// stop ends a member that may be paused.
func (m *GroupMember) stop() {
	if m.db != nil {
		_ = m.db.Close()
	}
	m.process.stop(syscall.SIGKILL)
}
