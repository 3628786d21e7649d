package binlog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
	"github.com/go-mysql-org/go-mysql/replication"
)

// binlogState only grows while a server keeps its binlog. A binlog that was reset
// (RESET BINARY LOGS AND GTIDS, RESET MASTER) may have the same name as the old one;
// the server then sends heartbeats to its readers, but no changes.
type binlogState struct {
	end    gomysql.Position
	resets uint64 // number of RESET statements
	gtids  string // of the transactions in the binlog
}

// readState reads the state of the binlog.
func (s *server) readState(ctx context.Context) (h binlogState, err error) {
	if h.end, err = s.position(ctx); err != nil {
		return h, err
	}
	status, err := s.pairs(ctx, "SHOW GLOBAL STATUS LIKE 'Com_reset'")
	if err != nil {
		return h, err
	}
	if h.resets, err = strconv.ParseUint(status["Com_reset"], 10, 64); err != nil {
		return h, fmt.Errorf("the server's status Com_reset is %q, not a number", status["Com_reset"])
	}
	query := "SELECT @@GLOBAL.gtid_executed"
	if s.mariaDB {
		query = "SELECT @@GLOBAL.gtid_binlog_pos"
	}
	return h, interruption(s.db.QueryRowContext(ctx, query).Scan(&h.gtids))
}

// continues returns an error if the binlog was reset or replaced.
func (s *server) continues(ctx context.Context, old, now binlogState) error {
	switch {
	case before(now.end, old.end):
		return fmt.Errorf("the binlog was reset: it was at %s and is now at %s", old.end, now.end)
	case now.resets != old.resets:
		return errors.New("the binlog may have been reset: a RESET statement was run")
	}
	subset := old.gtids == now.gtids || s.mariaDB && continuesGTIDs(old.gtids, now.gtids)
	if !s.mariaDB && !subset {
		if err := s.db.QueryRowContext(ctx, "SELECT GTID_SUBSET(?, ?)", old.gtids, now.gtids).Scan(&subset); err != nil {
			return interruption(err)
		}
	}
	if !subset {
		return fmt.Errorf("the binlog was replaced: its GTIDs were %q and are now %q", old.gtids, now.gtids)
	}
	return nil
}

// continuesGTIDs compares two lists of MariaDB with the last transaction of each
// domain: domains do not disappear, and each server counts up.
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

// noteFile returns an error for a new file with the name of the previous one.
func (r *reader) noteFile(h *replication.EventHeader) error {
	if r.file.file == r.position.Name && r.file.at != h.Timestamp {
		return fmt.Errorf("the binlog was reset: the file %s was created again", r.position.Name)
	}
	r.file = created{r.position.Name, h.Timestamp}
	return nil
}

// toPosition parses a position as the server writes it. The protocol ends at 4 GiB.
func toPosition(file, offset string) (gomysql.Position, error) {
	n, err := strconv.ParseUint(offset, 10, 32)
	if err != nil || file == "" {
		return gomysql.Position{}, fmt.Errorf("the server's position in its binlog is %q in %q, but must be below 4 GiB; run: FLUSH BINARY LOGS", offset, file)
	}
	return gomysql.Position{Name: file, Pos: uint32(n)}, nil
}

// before reports whether a is before b. Files are numbered.
func before(a, b gomysql.Position) bool {
	return cmp.Or(cmp.Compare(number(a.Name), number(b.Name)), cmp.Compare(a.Pos, b.Pos)) < 0
}

func number(file string) uint64 {
	n, _ := strconv.ParseUint(file[strings.LastIndexByte(file, '.')+1:], 10, 64)
	return n
}
