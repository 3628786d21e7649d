package binlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-sql-driver/mysql"

	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
)

var errNoAnswer = errors.New("the database does not answer within a second")

// mysqlSettings are the settings that decide whether a binlog has every change.
const mysqlSettings = dbserver.MySQLSettings + ` OR Variable_name IN
	('log_bin', 'binlog_format', 'log_slave_updates', 'log_replica_updates', 'read_only')`

// inspect finds out which server this is, whether its binlog has every change, and
// from which position to read it: all earlier changes are visible to every reader.
// Causal reads end when lasting ends.
func (m *Source) inspect(ctx, lasting context.Context, s *server) error {
	s.addressed = time.Now()
	var version, account string
	if err := s.db.QueryRowContext(ctx, "SELECT VERSION(), CURRENT_USER()").Scan(&version, &account); err != nil {
		return err
	}
	s.mariaDB, s.version, s.account = strings.Contains(version, "MariaDB"), parseVersion(version), quoteAccount(account)
	settings, err := s.settings(ctx)
	if err != nil {
		return err
	}
	status, err := s.pairs(ctx, "SHOW GLOBAL STATUS LIKE 'Uptime'")
	if err != nil {
		return err
	}
	if s.opened, s.uptime, err = uptimeOf(status["Uptime"]); err != nil {
		return err
	}
	s.node = dbserver.MySQLNode(settings)
	s.origin = s.node
	if s.galera = settings["wsrep_on"] == "ON"; s.galera {
		status, err := s.pairs(ctx, dbserver.GaleraStatus)
		if err != nil {
			return err
		}
		s.origin = dbserver.MySQLCluster(status)
	}
	if prepare := dbserver.CausalReads(settings); prepare != "" {
		if s.causal, err = openCausal(ctx, lasting, s, prepare); err != nil {
			return err
		}
	}
	s.first.began = time.Now()
	if err := s.causal.read(ctx, startLag); err != nil {
		return err
	}
	if err := s.checkFilters(ctx); err != nil {
		return err
	}
	// Later changes of the columns are in the binlog.
	if s.columns, err = s.readColumns(ctx); err != nil {
		return err
	}
	if len(s.columns) == 0 {
		return fmt.Errorf("database %s has no table images; create Glance's schema with glance-manage db_sync, or correct the URL;"+
			" if the table is there, run: %s", s.schema, s.grantOnTables())
	}
	if err := s.pass(ctx, &barrier{table: "images", key: ""}); err != nil && !isContention(err) {
		return err
	}
	if s.first.binlogState, err = s.readState(ctx); err != nil {
		return err
	}
	s.last = s.first.binlogState
	if !s.mariaDB {
		if err := s.lockTables(ctx); err != nil {
			return fmt.Errorf("LOCK TABLES: %w", err)
		}
	}
	return nil
}

// settings reads the relevant settings and returns an error if one is wrong.
func (s *server) settings(ctx context.Context) (map[string]string, error) {
	settings, err := s.pairs(ctx, mysqlSettings)
	if err != nil {
		return nil, err
	}
	logsApplied := settings["log_slave_updates"] == "ON" || settings["log_replica_updates"] == "ON"
	switch {
	case settings["log_bin"] != "ON":
		return nil, errors.New("the server writes no binlog; start it with log_bin, a server_id and binlog_format=ROW")
	case settings["binlog_format"] != "ROW":
		return nil, fmt.Errorf("binlog_format is %s; set it to ROW", settings["binlog_format"])
	case settings["wsrep_on"] == "ON" && !logsApplied:
		return nil, errors.New("the binlog of this Galera node lacks the writes of other nodes; start every node with log_slave_updates=ON")
	case settings["read_only"] != "OFF" && settings["read_only"] != "":
		return nil, errors.New("the server is read-only: it may be a replica, or a replaced primary, that lags; give the URL of the primary")
	}
	if !logsApplied && s.mariaDB {
		status, err := s.pairs(ctx, "SHOW GLOBAL STATUS LIKE 'Slaves_running'")
		if err != nil {
			return nil, err
		}
		if status["Slaves_running"] != "0" {
			return nil, errors.New("the binlog lacks what the server replicates from another one; start it with log_slave_updates=ON, or stop the replication")
		}
	}
	return settings, nil
}

// checkFilters returns an error if the binlog leaves Glance's database out.
func (s *server) checkFilters(ctx context.Context) error {
	status, err := s.binlogStatus(ctx)
	if err != nil {
		return err
	}
	named := func(list string) bool {
		return slices.ContainsFunc(strings.Split(list, ","), func(name string) bool {
			return strings.EqualFold(strings.TrimSpace(name), s.schema)
		})
	}
	if do := status["Binlog_Do_DB"]; do != "" && !named(do) || named(status["Binlog_Ignore_DB"]) {
		return fmt.Errorf("the binlog leaves database %s out; change binlog_do_db or binlog_ignore_db", s.schema)
	}
	return nil
}

// position is the end of the binlog. On MariaDB it is the end of its visible
// transactions; the binlog may have later ones already.
func (s *server) position(ctx context.Context) (gomysql.Position, error) {
	if !s.mariaDB {
		status, err := s.binlogStatus(ctx)
		if err != nil {
			return gomysql.Position{}, err
		}
		return toPosition(status["File"], status["Position"])
	}
	status, err := s.pairs(ctx, "SHOW STATUS LIKE 'binlog_snapshot%'")
	if err != nil {
		return gomysql.Position{}, err
	}
	return toPosition(status["Binlog_snapshot_file"], status["Binlog_snapshot_position"])
}

// binlogStatements return the position of the binlog: that of MariaDB and of MySQL
// up to 8.3, and that of MySQL since 8.2.
var binlogStatements = [...]string{"SHOW MASTER STATUS", "SHOW BINARY LOG STATUS"}

// binlogStatus runs the statement that the server understood last time.
func (s *server) binlogStatus(ctx context.Context) (map[string]string, error) {
	known := s.statement.Load()
	status, err := s.row(ctx, binlogStatements[known])
	var e *mysql.MySQLError
	if errors.As(err, &e) && e.Number == gomysql.ER_PARSE_ERROR {
		status, err = s.row(ctx, binlogStatements[1-known])
		if err == nil {
			s.statement.Store(1 - known)
		}
	}
	return status, err
}

// row is the only row of an answer, by column.
func (s *server) row(ctx context.Context, query string) (map[string]string, error) {
	answer := map[string]string{}
	err := s.each(ctx, query, func(names []string, values []string) {
		for i, name := range names {
			answer[name] = values[i]
		}
	})
	return answer, err
}

// pairs is an answer of names and values.
func (s *server) pairs(ctx context.Context, query string) (map[string]string, error) {
	answer := map[string]string{}
	err := s.each(ctx, query, func(_ []string, values []string) { answer[values[0]] = values[1] })
	return answer, err
}

func (s *server) each(ctx context.Context, query string, f func(names, values []string), args ...any) error {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return interruption(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		texts, into := make([]*string, len(names)), make([]any, len(names))
		for i := range texts {
			into[i] = &texts[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		values := make([]string, len(names))
		for i, text := range texts {
			if text != nil {
				values[i] = *text
			}
		}
		f(names, values)
	}
	return interruption(rows.Err())
}
