// Package placeholder replaces placeholders in settings.
package placeholder

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/glanceconf"
)

// Expand replaces placeholders: those of Caddy, and those for secrets in the files of an
// old glance-registry. It leaves other text in braces unchanged, and errors do not
// contain it: a password may have braces.
func Expand(text string) (string, error) {
	var failed error
	replacer := caddy.NewReplacer()
	replacer.Map(func(key string) (any, bool) {
		value, known, err := glanceconf.Secret(key)
		if err != nil {
			failed = err
		}
		return value, known
	})
	text, err := replacer.ReplaceOrErr(text, true, false)
	if failed != nil {
		return "", failed
	}
	return text, err
}
