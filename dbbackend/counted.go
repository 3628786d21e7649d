package dbbackend

import (
	"context"

	"github.com/glancegate/glancegate/dbbackend/internal/pool"
	"github.com/glancegate/glancegate/dbbackend/internal/sqltext"
	"github.com/glancegate/glancegate/registry/budget"
)

// The memory of a row without its texts, in bytes: as a record, as a child of a
// record, and per column of a registry.Row, which an answer copies.
const (
	imageWeight  = 1000
	childWeight  = 300
	columnWeight = 140
)

// counted rows are charged to the memory budget of the request that reads them.
type counted struct {
	pool.Rows
	ctx     context.Context
	account *budget.Account
	list    bool // one of images: the row is a record
	err     error
}

// count makes rows counted if ctx has a budget.
func count(ctx context.Context, r pool.Rows, st *sqltext.Statement) pool.Rows {
	account := budget.Of(ctx)
	if account == nil {
		return r
	}
	return &counted{Rows: r, ctx: ctx, account: account, list: st.Name == "image_get_all"}
}

// Next implements rows.
func (c *counted) Next() bool { return c.err == nil && c.Rows.Next() }

// Scan implements rows.
func (c *counted) Scan(dest ...any) error {
	if err := c.Rows.Scan(dest...); err != nil {
		return err
	}
	c.err = c.account.Read(c.ctx, c.weight(dest))
	return c.err
}

// Err implements rows.
func (c *counted) Err() error {
	if c.err != nil {
		return c.err
	}
	return c.Rows.Err()
}

func (c *counted) weight(dest []any) int64 {
	var bytes int64
	for _, d := range dest {
		if text, ok := d.(**string); ok && *text != nil {
			bytes += int64(len(**text)) + 16
		}
	}
	_, ofRecord := dest[0].(*int)
	switch {
	case !ofRecord:
		return bytes + int64(len(dest))*columnWeight
	case c.list:
		return bytes + imageWeight
	}
	return bytes + childWeight
}
