package databases

import (
	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2"
)

// tellOddRow is the dbbackend.Config.OnOddRow of a database. It outlives the
// configuration that made it, so it uses Caddy's own log.
func tellOddRow(database string) func(row, problem string) {
	return func(row, problem string) {
		caddy.Log().Named("http.handlers.glance_registry").Warn("a row has a value that Glance would not have stored; answers show it as well as possible",
			zap.String("database", database), zap.String("row", row), zap.String("problem", problem))
	}
}
