package fault

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// postgreSQLFaults is what the SQLSTATEs of PostgreSQL mean.
var postgreSQLFaults = map[string]Kind{
	"40001": Contention, // serialization failure
	"40P01": Contention, // deadlock
	"72000": Contention, // snapshot too old
	"55P03": Locked,
	"42703": Stale,    // undefined column
	"42P01": Stale,    // undefined table
	"26000": Outdated, // unknown prepared statement
	"42P05": Outdated, // a prepared statement of another client: a pooler
	"23505": Duplicate,
	"25P03": Lost,        // idle in a transaction for too long
	"57P01": Lost,        // shutdown
	"57P02": Lost,        // crash of another session
	"57P05": Lost,        // idle for too long
	"25006": Elsewhere,   // read-only
	"57P03": Elsewhere,   // starting up, or shutting down
	"25P04": Interrupted, // transaction_timeout
	"57014": Interrupted,
	"3D000": Unavailable, // no such database
	"40003": Unavailable, // the end of a statement is unknown
	"42501": Unavailable, // no right
	"57P04": Unavailable, // the database was dropped
	"XX001": Unavailable, // data corrupted
	"XX002": Unavailable, // index corrupted
	"42804": Refused,     // datatype mismatch
	"42883": Refused,     // no such operator
	"54000": Refused,     // too large for an index
}

// postgreSQLClasses is what the other SQLSTATEs of a class mean.
var postgreSQLClasses = map[string]Kind{
	"22": Refused,     // data exception
	"23": Refused,     // integrity constraint violation
	"08": Unavailable, // connection exception; what PgBouncer says
	"28": Unavailable, // wrong password, no entry in pg_hba.conf
	"53": Unavailable, // insufficient resources: disk, memory, connections
	"58": Unavailable, // system error: input and output, a missing file
}

func OfPostgreSQL(err error) Kind {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return ofConnection(err)
	}
	if f, known := postgreSQLFaults[pg.Code]; known {
		return f
	}
	if pg.Code == "0A000" && pg.Routine == "RevalidateCachedQuery" {
		return Outdated // cached plan must not change result type, in the language of the server
	}
	if len(pg.Code) < 2 {
		return Other
	}
	return postgreSQLClasses[pg.Code[:2]]
}
