package feed

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
)

// toPosition reads a position as the server writes it. The protocol knows none
// behind 4 GiB.
func toPosition(file, offset string) (gomysql.Position, error) {
	n, err := strconv.ParseUint(offset, 10, 32)
	if err != nil || file == "" {
		return gomysql.Position{}, fmt.Errorf("the server names no position in a binlog below 4 GiB, but %q in %q; run: FLUSH BINARY LOGS", offset, file)
	}
	return gomysql.Position{Name: file, Pos: uint32(n)}, nil
}

// before tells whether a is a position in front of b. Files are numbered.
func before(a, b gomysql.Position) bool {
	return cmp.Or(cmp.Compare(number(a.Name), number(b.Name)), cmp.Compare(a.Pos, b.Pos)) < 0
}

func number(file string) uint64 {
	n, _ := strconv.ParseUint(file[strings.LastIndexByte(file, '.')+1:], 10, 64)
	return n
}
