package dbserver

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// CountPgx has the connections of a pool counted.
func (s *Connections) CountPgx(config *pgxpool.Config) {
	const key = "glancegate server"
	before := config.AfterConnect
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		if before != nil {
			if err := before(ctx, c); err != nil {
				return err
			}
		}
		var server string
		if err := c.QueryRow(ctx, PostgreSQLName, pgx.QueryExecModeExec).Scan(&server); err != nil {
			return err
		}
		c.PgConn().CustomData()[key] = s.Opened(server)
		return nil
	}
	config.BeforeClose = func(c *pgx.Conn) {
		if closed, ok := c.PgConn().CustomData()[key].(func()); ok {
			closed()
		}
	}
}
