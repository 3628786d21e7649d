package coerce

import (
	"math"

	"github.com/glancegate/glancegate/registry/records"
)

// RowID is the id of a row as a client names it: what is no integer is no id.
type RowID struct {
	Given bool
	ID    int64 // -1 where no row can have it
	Text  string
}

func RowIDOf(v any) RowID {
	if v == nil {
		return RowID{Text: TextOf(v)}
	}
	id, ok := records.WholeNumber(v)
	if !ok || id < 0 || id > math.MaxInt32 {
		id = -1
	}
	return RowID{Given: true, ID: id, Text: TextOf(v)}
}
