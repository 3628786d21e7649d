package notify

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Install makes the triggers, in one transaction.
func (p *Source) Install(ctx context.Context) error {
	return p.inTransaction(ctx, installStatements())
}

// Remove drops the triggers and their schema, in one transaction.
func (p *Source) Remove(ctx context.Context) error {
	return p.inTransaction(ctx, removeStatements())
}

func (p *Source) inTransaction(ctx context.Context, statements []string) error {
	c, _, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer closeNow(c)
	if err := checkPrimary(ctx, c); err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return fmt.Errorf("%w\n%s", err, statement)
			}
		}
		return nil
	})
}
