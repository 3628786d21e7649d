package feed

import (
	"context"
	"database/sql"
	"time"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"

	"github.com/glancegate/glancegate/dbbackend/reach"
)

// mysqlServer is the server whose binlog is read, with connections that ask it.
type mysqlServer struct {
	db      *sql.DB
	nodes   reach.Servers // that db leads to
	schema  string
	mariaDB bool
	node    string
	origin  string // as the gateway's own connections name it

	opened time.Time
	uptime time.Duration // of the server, then

	start       gomysql.Position
	columns     map[string]layout // of before start
	events      chan *replication.BinlogEvent
	closeStream func()
}

// watch asks the server again and again where its binlog is and whether it still
// has what a feed needs.
func (s *mysqlServer) watch(ctx context.Context, marks chan<- gomysql.Position) error {
	return every(ctx, beatInterval, func() error {
		ask, cancel := context.WithTimeoutCause(ctx, answerLimit, errMute)
		defer cancel()
		_, err := s.settings(ask)
		var mark gomysql.Position
		if err == nil {
			mark, err = s.position(ask)
		}
		if err == nil {
			err = s.checkNodes()
		}
		if ask.Err() != nil {
			return context.Cause(ask)
		}
		if err != nil {
			return err
		}
		select {
		case marks <- mark:
		case <-ctx.Done():
		}
		return nil
	})
}
