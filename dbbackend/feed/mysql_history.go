package feed

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"
)

// history is what only grows while a server has one binlog. A binlog that was
// begun anew (RESET BINARY LOGS AND GTIDS, RESET MASTER) may have the name of the
// one before; then the server goes on sending heartbeats to its readers, and no
// changes.
type history struct {
	end    gomysql.Position
	resets uint64 // statements RESET that anybody has run
	gtids  string // of the transactions in the binlog
}

// readHistory asks for the end of the binlog and what tells it from another.
func (s *mysqlServer) readHistory(ctx context.Context) (h history, err error) {
	if h.end, err = s.position(ctx); err != nil {
		return h, err
	}
	status, err := s.pairs(ctx, "SHOW GLOBAL STATUS LIKE 'Com_reset'")
	if err != nil {
		return h, err
	}
	if h.resets, err = strconv.ParseUint(status["Com_reset"], 10, 64); err != nil {
		return h, fmt.Errorf("the server's status Com_reset is %q, no number", status["Com_reset"])
	}
	query := "SELECT @@GLOBAL.gtid_executed"
	if s.mariaDB {
		query = "SELECT @@GLOBAL.gtid_binlog_pos"
	}
	return h, interruption(s.db.QueryRowContext(ctx, query).Scan(&h.gtids))
}

// continues makes sure that the binlog is still the one that it was.
func (s *mysqlServer) continues(ctx context.Context, old, now history) error {
	switch {
	case before(now.end, old.end):
		return fmt.Errorf("the binlog was begun anew: it was at %s and is at %s now", old.end, now.end)
	case now.resets != old.resets:
		return errors.New("the binlog may have been begun anew: a statement RESET was run")
	}
	subset := old.gtids == now.gtids || s.mariaDB && continuesGTIDs(old.gtids, now.gtids)
	if !s.mariaDB && !subset {
		if err := s.db.QueryRowContext(ctx, "SELECT GTID_SUBSET(?, ?)", old.gtids, now.gtids).Scan(&subset); err != nil {
			return interruption(err)
		}
	}
	if !subset {
		return fmt.Errorf("the binlog has another history: its GTIDs were %q and are %q now", old.gtids, now.gtids)
	}
	return nil
}

// continuesGTIDs compares two lists of MariaDB's, of the last transaction of each
// domain: a domain does not go, and a server counts upwards.
func continuesGTIDs(old, now string) bool {
	type gtid struct {
		server string
		number uint64
	}
	parse := func(list string) map[string]gtid {
		last := map[string]gtid{}
		for text := range strings.SplitSeq(list, ",") {
			if parts := strings.Split(strings.TrimSpace(text), "-"); len(parts) == 3 {
				number, _ := strconv.ParseUint(parts[2], 10, 64)
				last[parts[0]] = gtid{parts[1], number}
			}
		}
		return last
	}
	current := parse(now)
	for domain, was := range parse(old) {
		is, ok := current[domain]
		if !ok || is.server == was.server && is.number < was.number {
			return false
		}
	}
	return true
}

// created is when a file of the binlog was made, as its first event says, in
// seconds.
type created struct {
	file string
	at   uint32
}

// noteFile finds a file that has the name of the one before and is another.
func (r *reader) noteFile(h *replication.EventHeader) error {
	if r.file.file == r.position.Name && r.file.at != h.Timestamp {
		return fmt.Errorf("the binlog was begun anew: the file %s was made again", r.position.Name)
	}
	r.file = created{r.position.Name, h.Timestamp}
	return nil
}
