package commands

import (
	"errors"
	"net"
	"slices"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
)

// databaseAdvice says what to look at when a database can't be reached, or
// nothing.
func databaseAdvice(err error) string {
	var my *mysql.MySQLError
	var pg *pgconn.PgError
	var network *net.OpError
	code := func(number uint16, states ...string) bool {
		return my != nil && my.Number == number || pg != nil && slices.Contains(states, pg.Code)
	}
	errors.As(err, &my)
	errors.As(err, &pg)
	switch {
	case code(1045, "28P01", "28000"):
		return "check user and password in the URL, and from where the server lets this user in"
	case code(1049, "3D000"):
		return "check the name of the database in the URL"
	case code(1044, "42501"):
		return "the user has no right to the database: GRANT them, or check the URL"
	case errors.As(err, &network):
		return "check host and port in the URL, and whether the server runs and can be reached from here"
	}
	return ""
}
