package databases

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/dbbackend/release"
)

var (
	schemaInfo = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "glance_registry_database_schema_info",
		Help: "1 for the current schema of a database: its state and release of Glance.",
	}, []string{"database", "state", "release"})

	schemaChangesTotal = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "glance_registry_database_schema_changes_total",
		Help: "Changes of the schema of a database while it was in use.",
	})
)

// schemaState shows the state of one database in metrics and logs.
type schemaState struct {
	mu    sync.Mutex
	shown *schemaLabels // nil: nothing
}

// schemaLabels are database, state and release.
type schemaLabels [3]string

// schemasShown counts the users of each metric: during a reload a database may be in use
// with two configurations.
var schemasShown = struct {
	sync.Mutex
	count map[schemaLabels]int
}{count: map[schemaLabels]int{}}

func (l *schemaLabels) show() {
	schemasShown.Lock()
	defer schemasShown.Unlock()
	schemasShown.count[*l]++
	schemaInfo.WithLabelValues(l[:]...).Set(1)
}

func (l *schemaLabels) hide() {
	schemasShown.Lock()
	defer schemasShown.Unlock()
	if schemasShown.count[*l]--; schemasShown.count[*l] == 0 {
		delete(schemasShown.count, *l)
		schemaInfo.DeleteLabelValues(l[:]...)
	}
}

// observe is the dbbackend.Config.OnState of a database. It outlives the configuration
// that made it, so it uses Caddy's own log.
func (s *schemaState) observe(database string) func(release.State) {
	return func(state release.State) {
		s.mu.Lock()
		defer s.mu.Unlock()
		message := "schema of the database"
		if s.shown != nil {
			message = "the schema of the database has changed"
			schemaChangesTotal.Inc()
			s.shown.hide()
		}
		s.shown = &schemaLabels{database, string(state.Kind), state.Release}
		s.shown.show()
		log := caddy.Log().Named("http.handlers.glance_registry").Info
		if state.Note != "" {
			log = caddy.Log().Named("http.handlers.glance_registry").Warn
		}
		log(message, zap.String("database", database), zap.String("state", string(state.Kind)),
			zap.String("release", state.Release), zap.String("next_release", state.Next),
			zap.Strings("revisions", state.Revisions), zap.String("note", state.Note))
	}
}

func (s *schemaState) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shown != nil {
		s.shown.hide()
		s.shown = nil
	}
}
