package commands

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/glancegate/glancegate/caddymodule"
	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/feed"
	"github.com/glancegate/glancegate/dbbackend/release"
	"github.com/glancegate/glancegate/internal/dburl"
)

// checkedDatabase is a database while it is checked.
type checkedDatabase struct {
	caddymodule.DatabaseTarget
	*dbbackend.Backend
}

// databaseChecks are in the order in which things are needed.
var databaseChecks = []check[checkedDatabase]{
	{name: "database", run: checkReachable, needed: true},
	{name: "schema", run: checkSchema},
	{name: "rights", run: checkRights},
	{name: "indexes", run: checkIndexes},
	{name: "database clock", run: checkDatabaseClock},
	{name: "changes", run: checkChanges},
}

func checkDatabase(ctx context.Context, target caddymodule.DatabaseTarget) []checkResult {
	if willBeMade(target) {
		return []checkResult{{"database", target.Subject, checkOK, "the file does not exist yet; the first request creates it"}}
	}
	target.Config.Create, target.Config.Demo = false, false // nothing is made by a check
	backend, err := dbbackend.Open(target.Config)
	if err != nil {
		return []checkResult{{"database", target.Subject, checkFailed, err.Error()}}
	}
	defer backend.Close()
	return runChecks(ctx, target.Subject, checkedDatabase{target, backend}, databaseChecks)
}

// willBeMade reports whether a SQLite file is missing and will be made.
func willBeMade(target caddymodule.DatabaseTarget) bool {
	u, err := dburl.Parse(target.Config.URL)
	if err != nil || !target.Config.Create && !target.Config.Demo {
		return false
	}
	path, err := u.SQLitePath()
	if err != nil {
		return false
	}
	_, err = os.Stat(path)
	return errors.Is(err, os.ErrNotExist)
}

// checkReachable also checks that these are Glance's tables.
func checkReachable(ctx context.Context, d checkedDatabase) (result, text string) {
	state, err := d.State(ctx)
	switch {
	case err == nil:
		return checkOK, "it can be reached and has Glance's tables"
	case state.Kind == "":
		text = err.Error()
		if advice := dbbackend.Advice(err); advice != "" {
			text += "; " + advice
		}
		return checkFailed, text
	default:
		// Without any privilege on it, a table is invisible.
		text = err.Error()
		if denied, err := d.Denied(ctx, dbbackend.ImageTables, false); err == nil && len(denied) > 0 {
			text += "; if they are, the user may not read them: " + listed(denied)
		}
		return checkFailed, text
	}
}

func listed(denied []dbbackend.Denied) string {
	missing := make([]string, len(denied))
	for i, one := range denied {
		missing[i] = one.Right + " on " + one.Table
	}
	return fmt.Sprintf("%s (%v)", strings.Join(missing, ", "), denied[0].Err)
}

// checkSchema reports the release and its consequences.
func checkSchema(ctx context.Context, d checkedDatabase) (result, text string) {
	state, err := d.State(ctx)
	if err != nil {
		return failedBy(err)
	}
	text = state.String()
	if state.Note != "" {
		text += ": " + state.Note
	}
	if err := d.Writable(); err != nil && !d.ReadOnly {
		return checkFailed, text + "; writes are refused: " + err.Error()
	}
	if state.Kind != release.Complete {
		return checkWarning, text
	}
	return checkOK, text
}

func checkRights(ctx context.Context, d checkedDatabase) (result, text string) {
	tables, what := dbbackend.ImageTables, "reading"
	if d.RPC {
		tables = dbbackend.AllTables
	}
	if !d.ReadOnly {
		what = "reading and writing"
	}
	denied, err := d.Denied(ctx, tables, !d.ReadOnly)
	if err != nil {
		return failedBy(err)
	}
	if len(denied) == 0 {
		return checkOK, "the user's privileges are sufficient for " + what
	}
	return checkFailed, "not allowed: " + listed(denied)
}

func checkIndexes(ctx context.Context, d checkedDatabase) (result, text string) {
	missing, err := d.MissingIndexes(ctx)
	if err != nil {
		return failedBy(err)
	}
	if len(missing) == 0 {
		return checkOK, "all needed indexes exist"
	}
	parts := make([]string, len(missing))
	for i, index := range missing {
		parts[i] = fmt.Sprintf("%s are slow without: %s", index.Slow, index.Create())
	}
	return checkWarning, strings.Join(parts, "; ")
}

func checkDatabaseClock(ctx context.Context, d checkedDatabase) (result, text string) {
	ahead, err := d.Ahead(ctx)
	if err != nil {
		return failedBy(err)
	}
	return checkSkew(ahead, 0, "the gateway writes created_at and updated_at by the local clock, glance-api by others")
}

func checkChanges(ctx context.Context, d checkedDatabase) (result, text string) {
	if d.Changes == "" {
		return checkSkipped, "not configured; `glance-registry changes status --database <url>` tests whether they can be followed"
	}
	if err := feed.Check(ctx, d.Changes); err != nil {
		return checkFailed, "they can't be followed: " + err.Error()
	}
	return checkOK, "they can be followed"
}
