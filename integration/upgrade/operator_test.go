package upgrade

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/integration/schema"
	"github.com/glancegate/glancegate/integration/servers"
)

const (
	timeout  = time.Minute
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

// begins makes a database and a gateway, with further directives, and lets clients
// work. A cache in it is dropped when the schema changes: it lasts longer than the
// test, and the data step of Ocata changes rows behind its back.
func begins(t *testing.T, dialect servers.Kind, release, directives string) *operator {
	return beginsOn(t, servers.NewRelease(t, dialect, release), directives)
}

func beginsOn(t *testing.T, db *servers.Database, directives string) *operator {
	base := integration.StartGateway(t, fmt.Sprintf("bind 127.0.0.1\nglance_registry {\ndatabase `%s`\nidentity trusted\n%s\n}", db.URL, directives))
	o := &operator{t: t, db: db, load: begin(t, base), phases: []string{"before"}}
	o.work()
	return o
}

// upgrade does all steps between two releases.
func (o *operator) upgrade(from, to string) {
	err := schema.Upgrade(from, to, func(release string, phase schema.Phase) error {
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
func (o *operator) step(release string, phase schema.Phase) error {
	for range 5 {
		err := o.db.Schema().Step(o.t.Context(), release, phase, true)
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
		query := "SELECT CASE WHEN " + column + " = " + map[bool]string{true: value, false: "'" + value + "'"}[value == "true"] +
			" THEN 'yes' ELSE 'no' END FROM images WHERE id = '" + id + "'"
		return servers.Value[string](o.t, o.db, query) == "yes"
	})
	o.enter("with " + column)
	o.work()
}

func (o *operator) await(what string, done func() bool) {
	o.t.Helper()
	if !kit.Poll(timeout, func() bool { return done() || o.t.Failed() }) || o.t.Failed() {
		o.t.Fatalf("while %s: waited for %s", o.load.now(), what)
	}
}
