package dbbackend

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite"

	"github.com/glancegate/glancegate/registry"
)

// fault is what an error of a driver means for us.
type fault int

const (
	other       fault = iota
	contention        // deadlock, serialization failure: the transaction may run again
	locked            // another transaction has a lock for longer than the database waits
	stale             // a table or column is not there: the schema is not what we thought
	triggered         // triggers that have come refuse what was right without them
	outdated          // what the server prepared for a connection is of an earlier schema
	duplicate         // a unique key has that value
	refused           // the database does not take a value
	lost              // a connection that was there is gone, and others may be, too
	unavailable       // no connection, a server that is starting or read-only
	crowded           // all connections of the pool are in use
)

// translate is that of the dialect, where the end of a request is the cause of
// what the driver met then.
func (b *Backend) translate(ctx context.Context, err error) error {
	var known *registry.Error
	if err == nil || ctx.Err() == nil || errors.Is(err, ctx.Err()) || errors.As(err, &known) {
		return b.d.translate(err)
	}
	return b.d.translate(fmt.Errorf("%w: %v", ctx.Err(), err))
}

// translate makes an error of the rules from one of a driver.
func (d *dialect) translate(err error) error {
	var known *registry.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &registry.Error{Kind: registry.Unavailable, Message: "The request ended before the database answered", Err: err}
	}
	switch d.classify(err) {
	case duplicate:
		return &registry.Error{Kind: registry.Duplicate, Message: "The value is taken", Err: err}
	case refused:
		return &registry.Error{Kind: registry.BadValue, Message: "The database refuses a value: " + reason(err), Err: err}
	case locked:
		return &registry.Error{Kind: registry.Unavailable, Message: "Another transaction of the database holds a lock", Err: err}
	case crowded:
		return &registry.Error{Kind: registry.Unavailable, Message: "All connections to the database are in use", Err: err}
	case contention, outdated, lost, unavailable:
		return &registry.Error{Kind: registry.Unavailable, Message: "The database is not available", Err: err}
	}
	return err
}

// reason is what the database says, for the client: its own values, and no
// more.
func reason(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Message
	}
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return my.Message
	}
	return err.Error()
}

// classifyConnection knows the errors that are no answer of a server.
func classifyConnection(err error) fault {
	var network net.Error
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, errCrowded):
		return crowded
	case errors.As(err, &connect), strings.Contains(err.Error(), "closed pool"):
		return unavailable
	case errors.As(err, &network), pgconn.SafeToRetry(err),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, net.ErrClosed), strings.Contains(err.Error(), "unexpected EOF"):
		return lost
	}
	return other
}

func classifyPostgreSQL(err error) fault {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return classifyConnection(err)
	}
	switch pg.Code {
	case "40001", "40P01": // serialization failure, deadlock
		return contention
	case "55P03": // lock not available
		return locked
	case "42703", "42P01": // undefined column, undefined table
		return stale
	case "26000": // unknown prepared statement
		return outdated
	case "0A000": // cached plan must not change result type
		if strings.Contains(pg.Message, "cached plan") {
			return outdated
		}
	case "23505": // unique violation
		return duplicate
	case "57P01", "57P02": // shutdown, crash of another session
		return lost
	case "25006", "42501", "57P03": // read-only transaction, no right, starting up
		return unavailable
	case "42804", "42883": // datatype mismatch, no such operator
		return refused
	}
	switch pg.Code[:2] {
	case "22", "23": // data exception, integrity constraint violation
		return refused
	case "08", "28", "53": // connection exception, wrong password, insufficient resources
		return unavailable
	}
	return other
}

func classifyMySQL(err error) fault {
	var my *mysql.MySQLError
	if !errors.As(err, &my) {
		return classifyConnection(err)
	}
	switch my.Number {
	case 1213: // deadlock
		return contention
	case 1205: // lock wait timeout
		return locked
	case 1054, 1146: // unknown column, unknown table
		return stale
	case 1243, 1412, 1615: // unknown prepared statement, table changed since the transaction began, statement to be prepared anew
		return outdated
	case 1062:
		return duplicate
	case 1644: // raised by a trigger
		if my.Message == "Invalid visibility value" {
			return triggered
		}
		return refused
	case 1048, 1264, 1265, 1292, 1364, 1366, 1367, 1406, 1411, 1451, 1452, 1525:
		return refused
	case 1267, 1270, 1271, 1300: // characters that no text of this database has
		return refused
	case 1044, 1045, 1142, 1143, 1698: // wrong password, no right
		return unavailable
	case 1040, 1047, 1053, 1158, 1159, 1160, 1161, 1203, 1290, 1792, 1836, 2006, 2013, 4031:
		return unavailable
	}
	return other
}

// Result codes of SQLite (sqlite.org/rescode.html).
const (
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteCantOpen   = 14
	sqliteReadOnly   = 8
	sqliteSchema     = 17
	sqliteConstraint = 19
	sqliteTooBig     = 18
	sqliteMismatch   = 20
	sqlitePrimaryKey = sqliteConstraint | 6<<8
	sqliteUnique     = sqliteConstraint | 8<<8
)

func classifySQLite(err error) fault {
	var lite *sqlite3.Error
	if !errors.As(err, &lite) {
		return classifyConnection(err)
	}
	switch code := lite.Code(); {
	case code == sqlitePrimaryKey, code == sqliteUnique:
		return duplicate
	case code&0xff == sqliteBusy, code&0xff == sqliteLocked:
		return locked
	case code&0xff == sqliteCantOpen, code&0xff == sqliteReadOnly:
		return unavailable
	case code&0xff == sqliteConstraint, code&0xff == sqliteTooBig, code&0xff == sqliteMismatch:
		return refused
	case code&0xff == sqliteSchema:
		return outdated
	case strings.Contains(err.Error(), "no such column"), strings.Contains(err.Error(), "no such table"),
		strings.Contains(err.Error(), "has no column named"): // of an INSERT
		return stale
	}
	return other
}
