package feed

import (
	"context"
	"errors"
	"fmt"
	"strings"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/dbbackend/reach"
)

// advise adds to an error that keeps a feed from beginning what an administrator
// can do about it.
func (s *mysqlServer) advise(ctx context.Context, err error) error {
	var plugin *reach.PluginError
	if errors.As(err, &plugin) {
		return fmt.Errorf("%w; %s", err, plugin.Advice())
	}
	number := numberOf(err)
	if number == gomysql.ER_ACCESS_DENIED_ERROR && errors.As(err, new(*gomysql.MyError)) {
		// The password was right before: so some servers answer a replica without rights.
		number = gomysql.ER_SPECIFIC_ACCESS_DENIED_ERROR
	}
	switch number {
	case gomysql.ER_DBACCESS_DENIED_ERROR, gomysql.ER_TABLEACCESS_DENIED_ERROR, gomysql.ER_COLUMNACCESS_DENIED_ERROR:
		return fmt.Errorf("%w; run: %s", err, s.grantOnTables())
	case gomysql.ER_SPECIFIC_ACCESS_DENIED_ERROR:
		return fmt.Errorf("%w; run: GRANT %s ON *.* TO %s", err, s.replicationRights(), s.account)
	case gomysql.ER_LOCK_WAIT_TIMEOUT:
		return fmt.Errorf("%w: the feed begins once no transaction is open that has written to Glance's tables; %s", err, s.openTransaction(ctx))
	}
	return err
}

// numberOf is the number of an error that the server has answered to either of the
// two clients, or 0.
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

func (s *mysqlServer) grantOnTables() string {
	return "GRANT " + tableRights + " ON " + quoteSchema(s.schema) + ".* TO " + s.account
}

func (s *mysqlServer) replicationRights() string {
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

// openTransaction names the session whose transaction has been open for longest,
// or the right that it takes to see it. Those in Glance's database come first.
func (s *mysqlServer) openTransaction(ctx context.Context) string {
	const question = `SELECT COALESCE(p.id, 0), COALESCE(p.user, ''), COALESCE(p.host, ''), TIMESTAMPDIFF(SECOND, t.trx_started, NOW())
		FROM information_schema.innodb_trx t LEFT JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
		WHERE t.trx_mysql_thread_id <> CONNECTION_ID()
		ORDER BY COALESCE(p.db = ?, FALSE) DESC, t.trx_started LIMIT 1`
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return "which session it is can't be seen: " + err.Error()
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
		return "to see which session it is, run: GRANT PROCESS ON *.* TO " + s.account
	case err != nil:
		return "which session it is can't be seen: " + err.Error()
	case id == 0:
		return fmt.Sprintf("one without a session has been open for %d s: XA RECOVER lists what was prepared", seconds)
	}
	return fmt.Sprintf("the session with the one that has been open for longest: id %d, user %s, host %s, %d s; end it with KILL %d", id, user, host, seconds, id)
}

// quoteAccount writes an account, as CURRENT_USER() names it, for a statement.
func quoteAccount(account string) string {
	at := strings.LastIndexByte(account, '@')
	return quoteText(account[:max(at, 0)]) + "@" + quoteText(account[at+1:])
}

func quoteText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func quoteSchema(schema string) string { return "`" + strings.ReplaceAll(schema, "`", "``") + "`" }
