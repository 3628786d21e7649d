package dbbackend

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// postgreSQLFaults is what the SQLSTATEs of PostgreSQL mean.
var postgreSQLFaults = map[string]fault{
	"40001": contention, // serialization failure
	"40P01": contention, // deadlock
	"72000": contention, // snapshot too old
	"55P03": locked,
	"42703": stale,    // undefined column
	"42P01": stale,    // undefined table
	"26000": outdated, // unknown prepared statement
	"42P05": outdated, // a prepared statement of another client: a pooler
	"23505": duplicate,
	"25P03": lost,        // idle in a transaction for too long
	"57P01": lost,        // shutdown
	"57P02": lost,        // crash of another session
	"57P05": lost,        // idle for too long
	"25006": elsewhere,   // read-only
	"57P03": elsewhere,   // starting up, or shutting down
	"25P04": interrupted, // transaction_timeout
	"57014": interrupted,
	"3D000": unavailable, // no such database
	"40003": unavailable, // the end of a statement is unknown
	"42501": unavailable, // no right
	"57P04": unavailable, // the database was dropped
	"XX001": unavailable, // data corrupted
	"XX002": unavailable, // index corrupted
	"42804": refused,     // datatype mismatch
	"42883": refused,     // no such operator
	"54000": refused,     // too large for an index
}

// postgreSQLClasses is what the other SQLSTATEs of a class mean.
var postgreSQLClasses = map[string]fault{
	"22": refused,     // data exception
	"23": refused,     // integrity constraint violation
	"08": unavailable, // connection exception; what PgBouncer says
	"28": unavailable, // wrong password, no entry in pg_hba.conf
	"53": unavailable, // insufficient resources: disk, memory, connections
	"58": unavailable, // system error: input and output, a missing file
}

func classifyPostgreSQL(err error) fault {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return classifyConnection(err)
	}
	if f, known := postgreSQLFaults[pg.Code]; known {
		return f
	}
	if pg.Code == "0A000" && strings.Contains(pg.Message, "cached plan") {
		return outdated // cached plan must not change result type
	}
	if len(pg.Code) < 2 {
		return other
	}
	return postgreSQLClasses[pg.Code[:2]]
}
