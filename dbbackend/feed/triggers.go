package feed

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"strings"
)

const (
	// channel carries the ids of changed images, or everything.
	channel    = "glance_registry_changes"
	everything = "*"

	triggerSchema   = "glance_registry_gateway"
	rowTrigger      = "glance_registry_changes"
	truncateTrigger = "glance_registry_truncate"
)

// triggerBody tells the images to which a row belongs or belonged. Nothing in it
// can fail: an id has at most 36 characters, a notification 7999 bytes. It runs
// with the rights of whoever writes, which need none on this schema: PostgreSQL
// asks for them when the trigger is made.
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

// bodyHash tells versions of the function apart.
func bodyHash() string {
	sum := md5.Sum([]byte(triggerBody)) // PostgreSQL can do no other everywhere
	return hex.EncodeToString(sum[:])
}

// installStatements make the triggers, also where they are, entirely or in
// part. They fire ALWAYS: when the database is itself filled by logical
// replication, too.
func installStatements() []string {
	statements := []string{
		"SET LOCAL lock_timeout = '5s'",
		"CREATE SCHEMA IF NOT EXISTS " + triggerSchema,
		"CREATE OR REPLACE FUNCTION " + triggerSchema + ".tell() RETURNS trigger LANGUAGE plpgsql" +
			" SET search_path = pg_catalog, pg_temp AS $body$" + triggerBody + "$body$",
		"COMMENT ON FUNCTION " + triggerSchema + ".tell() IS 'Tells glance-registry gateways which images change." +
			" Remove it with: caddy glance-registry changes remove'",
	}
	for _, t := range tables {
		statements = append(statements,
			fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", rowTrigger, t.name),
			fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", truncateTrigger, t.name),
			fmt.Sprintf("CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE ON %s"+
				" FOR EACH ROW EXECUTE PROCEDURE %s.tell('%s')", rowTrigger, t.name, triggerSchema, t.id),
			fmt.Sprintf("CREATE TRIGGER %s AFTER TRUNCATE ON %s"+
				" FOR EACH STATEMENT EXECUTE PROCEDURE %s.tell()", truncateTrigger, t.name, triggerSchema),
			fmt.Sprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", t.name, rowTrigger),
			fmt.Sprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", t.name, truncateTrigger),
		)
	}
	return statements
}

// removeStatements undo installStatements, and do nothing where nothing is.
func removeStatements() []string {
	statements := []string{"SET LOCAL lock_timeout = '5s'"}
	for _, t := range tables {
		statements = append(statements,
			fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", rowTrigger, t.name),
			fmt.Sprintf("DROP TRIGGER IF EXISTS %s ON %s", truncateTrigger, t.name))
	}
	return append(statements,
		"DROP FUNCTION IF EXISTS "+triggerSchema+".tell()",
		"DROP SCHEMA IF EXISTS "+triggerSchema)
}

// installScript is installStatements for psql.
func installScript() string {
	return "-- Run by the owner of Glance's tables, with their schema in the search_path.\nBEGIN;\n" +
		strings.Join(installStatements(), ";\n") + ";\nCOMMIT;\n"
}

// triggerQuery lists the triggers. What it says of one changes when that is
// dropped and made again, or switched off and on.
const triggerQuery = `SELECT c.relname::text, t.tgname::text,
	t.tgenabled = 'A' AND t.tgqual IS NULL AND t.tgattr::text = ''
		AND NOT p.prosecdef AND COALESCE(p.proconfig::text, '') = '{"search_path=pg_catalog, pg_temp"}'
		AND t.tgtype = CASE t.tgname WHEN '` + rowTrigger + `' THEN 29 ELSE 32 END,
	encode(t.tgargs, 'escape'), md5(p.prosrc),
	pg_catalog.concat_ws(' ', t.oid, t.xmin, p.oid, p.xmin)
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

// checkTriggers returns a text that changes whenever a trigger does, or what is
// wrong with them.
func checkTriggers(found []trigger) (version string, err error) {
	const install = "run: caddy glance-registry changes install --database <url>"
	known := map[string]trigger{}
	for _, t := range found {
		known[t.table+"."+t.name] = t
		version += t.version + ";"
	}
	for _, t := range tables {
		for _, name := range []string{rowTrigger, truncateTrigger} {
			args := ""
			if name == rowTrigger {
				args = t.id + `\000`
			}
			switch got, ok := known[t.name+"."+name]; {
			case !ok:
				return "", fmt.Errorf("table %s has no trigger %s; %s", t.name, name, install)
			case got.hash != bodyHash():
				return "", fmt.Errorf("trigger %s of table %s is of another version; %s", name, t.name, install)
			case !got.right || got.args != args:
				return "", fmt.Errorf("trigger %s of table %s is switched off or was changed; %s", name, t.name, install)
			}
		}
	}
	return version, nil
}
