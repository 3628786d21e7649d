package binlog

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
)

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
