package dbbackend

import (
	"context"

	"github.com/glancegate/glancegate/registry/budget"
)

// What a row takes besides its texts, in bytes: as a record, as a child of one, or
// as a registry.Row, by its columns, of which an answer makes a copy.
const (
	imageWeight  = 1000
	childWeight  = 300
	columnWeight = 140
)

// counted rows are counted as memory of the request that they are read for.
type counted struct {
	rows
	ctx     context.Context
	account *budget.Account
	list    bool // one of images: the row is a record
	err     error
}

// count makes rows counted, if they are read for a request.
func count(ctx context.Context, r rows, st *statement) rows {
	account := budget.Of(ctx)
	if account == nil {
		return r
	}
	return &counted{rows: r, ctx: ctx, account: account, list: st.name == "image_get_all"}
}

// Next implements rows.
func (c *counted) Next() bool { return c.err == nil && c.rows.Next() }

// Scan implements rows.
func (c *counted) Scan(dest ...any) error {
	if err := c.rows.Scan(dest...); err != nil {
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
	return c.rows.Err()
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
