// Package upgrade upgrades the database under a gateway that is at work.
package upgrade

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/releases"
	"github.com/glancegate/glancegate/integration/servers"
)

func TestMain(m *testing.M) { servers.Main(m) }

const (
	patience = time.Minute
	progress = 60 // requests in each part of an upgrade
)

// operator upgrades a database step by step, and lets the clients work in between.
type operator struct {
	t      *testing.T
	db     *servers.Database
	load   *load
	phases []string
	probes int
}

// From Queens to the newest release no request fails and no write is lost, and
// the metadata of locations change as Train's data step says.
func TestUpgradeUnderLoad(t *testing.T) {
	for _, dialect := range []servers.Kind{servers.MySQL, servers.PostgreSQL} {
		t.Run(string(dialect), func(t *testing.T) {
			o := begins(t, dialect, "queens", "")
			o.upgrade("queens", releases.Newest)
			o.ends("hidden", "not hidden", "store", "backend", "kept")
		})
	}
}

// The rolling upgrade to Ocata, which only MySQL and MariaDB have: is_public and
// visibility stand side by side for a while.
func TestRollingUpgradeToOcata(t *testing.T) {
	for name, cache := range map[string]string{"without a cache": "", "with a cache": "cache {\nttl 1h\n}"} {
		t.Run(name, func(t *testing.T) {
			o := begins(t, servers.MySQL, "mitaka", cache)
			o.upgrade("mitaka", "queens")
			o.ends("moved to private", "moved to shared", "kept")
		})
	}
}

// begins makes a database and a gateway, with further directives, and lets clients
// work. A cache in it is dropped when the schema changes: it lasts longer than the
// test, and the data step of Ocata changes rows behind its back.
func begins(t *testing.T, dialect servers.Kind, release, directives string) *operator {
	return beginsOn(t, releases.New(t, dialect, release), directives)
}

func beginsOn(t *testing.T, db *servers.Database, directives string) *operator {
	base := integration.StartGateway(t, fmt.Sprintf("bind 127.0.0.1\nglance_registry {\ndatabase `%s`\nidentity trusted\n%s\n}", db.URL, directives))
	o := &operator{t: t, db: db, load: begin(t, base), phases: []string{"before"}}
	o.work()
	return o
}

// upgrade does all steps between two releases.
func (o *operator) upgrade(from, to string) {
	err := releases.Upgrade(o.t.Context(), o.db, from, to, func(release string, phase releases.Phase) error {
		step := release + " " + string(phase)
		o.enter(step)
		if err := o.step(release, phase); err != nil {
			return err
		}
		o.enter("after " + step)
		o.work()
		switch step {
		case "ocata expand":
			o.noticed("visibility", "community")
		case "rocky expand":
			o.noticed("os_hidden", "true")
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// step tries again where the database chose it as the victim of a deadlock, as an
// operator would.
func (o *operator) step(release string, phase releases.Phase) error {
	for range 5 {
		err := releases.Step(o.t.Context(), o.db, release, phase, true)
		var deadlock *pgconn.PgError
		if !errors.As(err, &deadlock) || deadlock.Code != "40P01" {
			return err
		}
		o.t.Logf("%s %s: %v", release, phase, err)
	}
	return errors.New("deadlocks")
}

func (o *operator) enter(phase string) {
	o.phases = append(o.phases, phase)
	o.load.enter(phase)
}

// work waits until the clients have done some of it.
func (o *operator) work() {
	o.t.Helper()
	o.await("work", func() bool { return o.load.count() >= progress })
	o.load.mu.Lock()
	o.load.requests = 0
	o.load.mu.Unlock()
}

// noticed waits until the gateway writes to a new column.
func (o *operator) noticed(column, value string) {
	o.t.Helper()
	o.await("the gateway to notice "+column, func() bool {
		o.probes++
		id := fmt.Sprintf("probe-%d", o.probes)
		o.load.rpc("image_create", object{"values": object{"id": id, "status": "active", "visibility": "community", "os_hidden": true}})
		var got string
		query := "SELECT CASE WHEN " + column + " = " + map[bool]string{true: value, false: "'" + value + "'"}[value == "true"] +
			" THEN 'yes' ELSE 'no' END FROM images WHERE id = '" + id + "'"
		if err := o.db.DB.QueryRow(query).Scan(&got); err != nil {
			o.t.Fatal(err)
		}
		return got == "yes"
	})
	o.enter("with " + column)
	o.work()
}

func (o *operator) await(what string, done func() bool) {
	o.t.Helper()
	for deadline := time.Now().Add(patience); !done(); {
		if o.t.Failed() || time.Now().After(deadline) {
			o.t.Fatalf("while %s: waited for %s", o.load.now(), what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// when compares a write with a step: before it, after it, or neither for sure.
func (o *operator) when(w span, step string) (before, after bool) {
	at := slices.Index(o.phases, step)
	return slices.Index(o.phases, w.ended) < at, slices.Index(o.phases, w.began) > at
}

// ends stops the clients and looks at everything that they have written, of which
// there must be some for each of these checks.
func (o *operator) ends(checks ...string) {
	o.load.end()
	var rows int
	if err := o.db.DB.QueryRow("SELECT count(*) FROM images WHERE id NOT LIKE 'probe-%'").Scan(&rows); err != nil {
		o.t.Fatal(err)
	}
	if rows != len(o.load.images) {
		o.t.Errorf("%d images were made, %d are there", len(o.load.images), rows)
	}
	counts := map[string]int{}
	for id, w := range o.load.images {
		got, _ := o.load.rpc("image_get", object{"image_id": id}).(object)
		if got == nil {
			continue
		}
		problems := o.problems(w, got, counts)
		if len(problems) > 0 {
			o.t.Errorf("%s, written %+v, is %v: %s", id, *w, got, strings.Join(problems, ", "))
		}
	}
	o.t.Logf("%d images: %v", rows, counts)
	for _, c := range checks {
		if counts[c] == 0 {
			o.t.Errorf("there is no image to see that: %s", c)
		}
	}
}

// problems compares an image with what was written, as far as that is sure.
func (o *operator) problems(w *written, got object, counts map[string]int) (list []string) {
	check := func(ok bool, what string) {
		counts[what]++
		if !ok {
			list = append(list, what)
		}
	}
	check(got["name"] == w.name, "name")
	properties, _ := got["properties"].([]any)
	check(len(properties) == 1, "property")

	moved := "private"
	switch {
	case w.visibility == "public":
		moved = "public"
	case w.member:
		moved = "shared"
	}
	switch before, after := o.when(w.judged, "ocata migrate"); {
	case slices.Contains(o.phases, "ocata migrate") && before:
		check(got["visibility"] == moved, "moved to "+moved)
	case after || !slices.Contains(o.phases, "ocata migrate"):
		check(got["visibility"] == w.visibility, "kept")
	default:
		check(got["visibility"] == w.visibility || got["visibility"] == moved, "moved or kept")
	}
	if !slices.Contains(o.phases, "train migrate") {
		return list
	}
	before, _ := o.when(w.made, "rocky expand")
	_, after := o.when(w.made, "after rocky expand")
	switch {
	case w.hidden && before || !w.hidden:
		check(got["os_hidden"] == false, "not hidden")
	case slices.Index(o.phases, w.made.began) >= slices.Index(o.phases, "with os_hidden") && after:
		check(got["os_hidden"] == true, "hidden")
	}
	locations, _ := got["locations"].([]any)
	if len(locations) != 1 {
		return append(list, "location")
	}
	metadata := fmt.Sprint(locations[0].(object)["metadata"])
	switch before, after := o.when(w.made, "train migrate"); {
	case !w.backend:
		check(metadata == "map[]", "no metadata")
	case before:
		check(metadata == "map[store:fast]", "store")
	case after:
		check(metadata == "map[backend:fast]", "backend")
	}
	return list
}
