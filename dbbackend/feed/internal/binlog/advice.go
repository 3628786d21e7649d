package binlog

import (
	"context"
	"errors"
	"fmt"
	"strings"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
	"github.com/glancegate/glancegate/internal/dburl"
)

// advise adds to an error that keeps a feed down what an administrator can do about
// it.
func (s *server) advise(ctx context.Context, err error) error {
	var plugin *dbserver.PluginError
	if errors.As(err, &plugin) {
		return fmt.Errorf("%w; %s", err, plugin.Advice())
	}
	number := numberOf(err)
	if number == gomysql.ER_ACCESS_DENIED_ERROR && errors.As(err, new(*gomysql.MyError)) {
		// The password is right. Some servers answer so if the replica lacks privileges.
		number = gomysql.ER_SPECIFIC_ACCESS_DENIED_ERROR
	}
	switch number {
	case gomysql.ER_DBACCESS_DENIED_ERROR, gomysql.ER_TABLEACCESS_DENIED_ERROR, gomysql.ER_COLUMNACCESS_DENIED_ERROR:
		return fmt.Errorf("%w; run: %s", err, s.grantOnTables())
	case gomysql.ER_SPECIFIC_ACCESS_DENIED_ERROR:
		return fmt.Errorf("%w; run: GRANT %s ON *.* TO %s", err, s.replicationRights(), s.account)
	case gomysql.ER_LOCK_WAIT_TIMEOUT:
		return fmt.Errorf("%w: the feed starts once no open transaction has written to Glance's tables; %s", err, s.openTransaction(ctx))
	}
	return err
}

// numberOf is the server's number of an error of either client library, or 0.
func numberOf(err error) uint16 {
	var answer *mysql.MySQLError
	var streamed *gomysql.MyError
	switch {
	case errors.As(err, &answer):
		return answer.Number
	case errors.As(err, &streamed):
		return streamed.Code
	}
	return 0
}

func (s *server) grantOnTables() string {
	return "GRANT " + tableRights + " ON " + quoteSchema(s.schema) + ".* TO " + s.account
}

func (s *server) replicationRights() string {
	if s.mariaDB && s.version.atLeast(10, 5) {
		return "REPLICATION SLAVE, BINLOG MONITOR"
	}
	return "REPLICATION SLAVE, REPLICATION CLIENT"
}

// serverVersion is the beginning of a server's version.
type serverVersion struct{ major, minor int }

func parseVersion(text string) (v serverVersion) {
	_, _ = fmt.Sscanf(text, "%d.%d", &v.major, &v.minor) // zeros count as old
	return v
}

func (v serverVersion) atLeast(major, minor int) bool {
	return v.major > major || v.major == major && v.minor >= minor
}

// openTransaction names the session with the oldest open transaction, first of those
// in Glance's database, or the privilege that is needed to see it.
func (s *server) openTransaction(ctx context.Context) string {
	const question = `SELECT COALESCE(p.id, 0), COALESCE(p.user, ''), COALESCE(p.host, ''), TIMESTAMPDIFF(SECOND, t.trx_started, NOW())
		FROM information_schema.innodb_trx t LEFT JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
		WHERE t.trx_mysql_thread_id <> CONNECTION_ID()
		ORDER BY COALESCE(p.db = ?, FALSE) DESC, t.trx_started LIMIT 1`
	ctx, cancel := context.WithTimeout(ctx, follow.AnswerTimeout)
	defer cancel()
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return "the session can't be found: " + err.Error()
	}
	defer conn.Close()
	// trx_started is in the server's time zone. The connections end with the attempt.
	_, err = conn.ExecContext(ctx, "SET SESSION time_zone = 'SYSTEM'")
	var id, seconds int64
	var user, host string
	if err == nil {
		err = conn.QueryRowContext(ctx, question, s.schema).Scan(&id, &user, &host, &seconds)
	}
	switch {
	case numberOf(err) == gomysql.ER_SPECIFIC_ACCESS_DENIED_ERROR:
		return "to see the session, run: GRANT PROCESS ON *.* TO " + s.account
	case err != nil:
		return "the session can't be found: " + err.Error()
	case id == 0:
		return fmt.Sprintf("one without a session has been open for %d s: XA RECOVER lists prepared transactions", seconds)
	}
	return fmt.Sprintf("the oldest one is open in session %d (user %s, host %s) for %d s; end it with KILL %d", id, user, host, seconds, id)
}

// quoteAccount writes an account, as CURRENT_USER() names it, for a statement.
func quoteAccount(account string) string {
	at := strings.LastIndexByte(account, '@')
	return quoteText(account[:max(at, 0)]) + "@" + quoteText(account[at+1:])
}

func quoteText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func quoteSchema(schema string) string { return "`" + strings.ReplaceAll(schema, "`", "``") + "`" }

// tableRights are the privileges on Glance's database that barriers need.
const tableRights = "SELECT, UPDATE, LOCK TABLES"

// Instructions returns the statements and settings that a server needs.
func Instructions(u *dburl.URL) string {
	user, schema := quoteText(u.User)+"@'%'", quoteSchema(u.Database)
	return `-- Run by an administrator. Write the host part of the user as it is in mysql.user.
-- MariaDB 10.5 and newer:
GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO ` + user + `;
-- MySQL, and MariaDB before 10.5:
GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ` + user + `;
-- Both, where the user has less than all privileges on Glance's database:
GRANT ` + tableRights + ` ON ` + schema + `.* TO ` + user + `;
-- Settings of the server, in the section [mysqld]; log_bin needs a restart:
--   log_bin
--   server_id = 1               # a number that no other server has
--   binlog_format = ROW
--   log_slave_updates = ON      # Galera, and replicas
`
}
