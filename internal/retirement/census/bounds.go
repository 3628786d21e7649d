package census

import (
	"context"
	"database/sql"
	"time"
)

// evict makes the callers with the fewest calls others where there are too many.
// Some room is made at once, so that it is not needed again with the next call.
func evict(ctx context.Context, tx *sql.Tx) error {
	var callers int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM callers").Scan(&callers); err != nil {
		return err
	}
	if callers <= maxCallers {
		return nil
	}
	surplus := callers - maxCallers + maxCallers/10
	return becomeOthers(ctx, tx, `SELECT c.id FROM callers c LEFT JOIN calls n ON n.caller = c.id WHERE c.kind <> 'others'
		GROUP BY c.id ORDER BY coalesce(sum(n.n), 0), c.last_seen LIMIT ?`, surplus)
}

// becomeOthers adds the calls of the callers that a query finds to those of others, and
// removes these callers.
func becomeOthers(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	w := writer{ctx: ctx, tx: tx}
	var first, last sql.NullInt64
	if err := tx.QueryRowContext(ctx, "SELECT min(first_seen), max(last_seen) FROM callers WHERE id IN ("+query+")", args...).Scan(&first, &last); err != nil {
		return err
	}
	other, err := w.caller(others, &counts{first: time.Unix(first.Int64, 0), last: time.Unix(last.Int64, 0)})
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"CREATE TEMP TABLE evicted AS " + query,
		`INSERT INTO calls (hour, caller, route, write, n)
			SELECT hour, ?1, route, max(write), sum(n) FROM calls WHERE caller IN (SELECT id FROM evicted) GROUP BY hour, route
			ON CONFLICT (hour, caller, route) DO UPDATE SET n = n + excluded.n`,
		"DELETE FROM calls WHERE caller IN (SELECT id FROM evicted)",
		"DELETE FROM callers WHERE id IN (SELECT id FROM evicted)",
		"DROP TABLE evicted",
	} {
		arguments := []any{other}
		if statement[:6] == "CREATE" {
			arguments = args
		}
		if _, err := tx.ExecContext(ctx, statement, arguments...); err != nil {
			return err
		}
	}
	return nil
}

// tidy folds hours that are long ago into days, and removes what is older than keep.
func (f *file) tidy(ctx context.Context, now time.Time, keep time.Duration) error {
	err := f.inTx(ctx, func(tx *sql.Tx) error {
		oldest, folded := hourOf(now.Add(-keep)), hourOf(now.Add(-hourly))/24*24
		if _, err := tx.ExecContext(ctx, "DELETE FROM calls WHERE hour < ?", oldest); err != nil {
			return err
		}
		if err := fold(ctx, tx, folded); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM callers WHERE last_seen < ? AND id NOT IN (SELECT caller FROM calls)", now.Add(-keep).Unix())
		return err
	})
	if err != nil {
		return err
	}
	_, err = f.db.ExecContext(ctx, "PRAGMA incremental_vacuum")
	return err
}

// fold makes days of the hours before a moment, and others of what is beyond the bound
// of a day.
func fold(ctx context.Context, tx *sql.Tx, before int64) error {
	for _, statement := range []string{
		`CREATE TEMP TABLE folded AS SELECT hour / 24 * 24 AS day, caller, route, max(write) AS write, sum(n) AS n,
			row_number() OVER (PARTITION BY hour / 24 ORDER BY sum(n) DESC) AS place
			FROM calls WHERE hour < ?1 AND hour / 24 IN (SELECT hour / 24 FROM calls WHERE hour < ?1 AND hour % 24 <> 0)
			GROUP BY hour / 24, caller, route`,
		"DELETE FROM calls WHERE hour < ?1 AND hour / 24 * 24 IN (SELECT day FROM folded)",
	} {
		if _, err := tx.ExecContext(ctx, statement, before); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO calls (hour, caller, route, write, n) SELECT day, caller, route, write, n FROM folded WHERE place <= ?1", maxHourRows); err != nil {
		return err
	}
	var surplus bool
	if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM folded WHERE place > ?1)", maxHourRows).Scan(&surplus); err != nil {
		return err
	}
	if surplus {
		w := writer{ctx: ctx, tx: tx}
		now := time.Unix(before*3600, 0)
		other, err := w.caller(others, &counts{first: now, last: now})
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO calls (hour, caller, route, write, n)
			SELECT day, ?1, route, max(write), sum(n) FROM folded WHERE place > ?2 GROUP BY day, route
			ON CONFLICT (hour, caller, route) DO UPDATE SET n = n + excluded.n`, other, maxHourRows)
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "DROP TABLE folded")
	return err
}
