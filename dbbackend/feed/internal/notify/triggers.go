package notify

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
)

const (
	// channel carries the ids of changed images, or everything.
	channel    = "glance_registry_changes"
	everything = "*"

	triggerSchema   = "glance_registry_gateway"
	rowTrigger      = "glance_registry_changes"
	truncateTrigger = "glance_registry_truncate"
)

// triggerBody sends the ids of the images to which a row belongs and belonged. It
// can't fail: an id has at most 36 characters, a notification may have 7999 bytes. It
// runs with the privileges of the writer, who needs none on this schema: PostgreSQL
// checks them when the trigger is created.
const triggerBody = `
DECLARE
	before text;
	after text;
BEGIN
	IF TG_OP = 'TRUNCATE' THEN
		PERFORM pg_notify('glance_registry_changes', '*');
		RETURN NULL;
	END IF;
	IF TG_OP <> 'INSERT' THEN
		IF TG_ARGV[0] = 'id' THEN before := OLD.id; ELSE before := OLD.image_id; END IF;
	END IF;
	IF TG_OP <> 'DELETE' THEN
		IF TG_ARGV[0] = 'id' THEN after := NEW.id; ELSE after := NEW.image_id; END IF;
	END IF;
	IF before IS NOT NULL THEN
		PERFORM pg_notify('glance_registry_changes', before);
	END IF;
	IF after IS NOT NULL AND after IS DISTINCT FROM before THEN
		PERFORM pg_notify('glance_registry_changes', after);
	END IF;
	RETURN NULL;
END
`

// bodyHash identifies the version of the function.
func bodyHash() string {
	sum := md5.Sum([]byte(triggerBody)) // the only hash in every PostgreSQL
	return hex.EncodeToString(sum[:])
}

// installStatements create the triggers, or replace those that exist. They fire
// ALWAYS, so that rows written by logical replication count, too.
func installStatements() []string {
	statements := []string{
		"SET LOCAL lock_timeout = '5s'",
		"CREATE SCHEMA IF NOT EXISTS " + triggerSchema,
		"CREATE OR REPLACE FUNCTION " + triggerSchema + ".notify() RETURNS trigger LANGUAGE plpgsql" +
			" SET search_path = pg_catalog, pg_temp AS $body$" + triggerBody + "$body$",
		"COMMENT ON FUNCTION " + triggerSchema + ".notify() IS 'Notifies glance-registry gateways of changed images." +
			" Remove it with: caddy glance-registry changes remove'",
	}
	for _, t := range follow.Tables {
		statements = append(statements,
			fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", rowTrigger, t.Name),
			fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", truncateTrigger, t.Name),
			fmt.Sprintf("CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE ON %s"+
				" FOR EACH ROW EXECUTE PROCEDURE %s.notify('%s')", rowTrigger, t.Name, triggerSchema, t.ID),
			fmt.Sprintf("CREATE TRIGGER %s AFTER TRUNCATE ON %s"+
				" FOR EACH STATEMENT EXECUTE PROCEDURE %s.notify()", truncateTrigger, t.Name, triggerSchema),
			fmt.Sprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", t.Name, rowTrigger),
			fmt.Sprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", t.Name, truncateTrigger),
		)
	}
	return statements
}

// removeStatements undo installStatements. They do not fail if there is nothing to undo.
func removeStatements() []string {
	statements := []string{"SET LOCAL lock_timeout = '5s'"}
	for _, t := range follow.Tables {
		statements = append(statements,
			fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", rowTrigger, t.Name),
			fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", truncateTrigger, t.Name))
	}
	return append(statements,
		"DROP FUNCTION IF EXISTS "+triggerSchema+".notify()",
		"DROP SCHEMA IF EXISTS "+triggerSchema)
}

// Script is installStatements for psql.
func Script() string {
	return "-- Run by the owner of Glance's tables, with their schema in the search_path.\nBEGIN;\n" +
		strings.Join(installStatements(), ";\n") + ";\nCOMMIT;\n"
}

// triggerQuery lists the triggers. The last column changes when a trigger is created
// again, or disabled and enabled, and when the rows of its table are written anew, as by
// ALTER TABLE ... TYPE, which fires no trigger.
const triggerQuery = `SELECT c.relname::text, t.tgname::text,
	t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr::text = ''
		AND NOT p.prosecdef AND COALESCE(p.proconfig::text, '') = '{"search_path=pg_catalog, pg_temp"}'
		AND t.tgtype = CASE t.tgname WHEN '` + rowTrigger + `' THEN 29 ELSE 32 END,
	encode(t.tgargs, 'escape'), md5(p.prosrc),
	pg_catalog.concat_ws(' ', t.oid, t.xmin, p.oid, p.xmin, c.relfilenode)
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
WHERE t.tgname IN ('` + rowTrigger + `', '` + truncateTrigger + `') AND NOT t.tgisinternal AND t.tgrelid IN (` +
	`pg_catalog.to_regclass('images'), pg_catalog.to_regclass('image_properties'), pg_catalog.to_regclass('image_locations'),` +
	` pg_catalog.to_regclass('image_members'), pg_catalog.to_regclass('image_tags'))
ORDER BY 1, 2`

// trigger is a row of triggerQuery.
type trigger struct {
	table, name string
	right       bool // fires always and for every change
	args        string
	hash        string // of the function
	version     string
}

// checkTriggers returns a text that changes whenever a trigger does, or an error if
// one is missing or wrong.
func checkTriggers(found []trigger) (version string, err error) {
	const install = "run: caddy glance-registry changes install --database <url>"
	known := map[string]trigger{}
	for _, t := range found {
		known[t.table+"."+t.name] = t
		version += t.version + ";"
	}
	for _, t := range follow.Tables {
		for _, name := range []string{rowTrigger, truncateTrigger} {
			args := ""
			if name == rowTrigger {
				args = t.ID + `\000`
			}
			switch got, ok := known[t.Name+"."+name]; {
			case !ok:
				return "", fmt.Errorf("table %s has no trigger %s; %s", t.Name, name, install)
			case got.hash != bodyHash():
				return "", fmt.Errorf("trigger %s of table %s is of another version; %s", name, t.Name, install)
			case !got.right || got.args != args:
				return "", fmt.Errorf("trigger %s of table %s is switched off or was changed; %s", name, t.Name, install)
			}
		}
	}
	return version, nil
}

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
