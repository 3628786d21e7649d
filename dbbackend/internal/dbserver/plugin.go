package dbserver

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/go-sql-driver/mysql"
)

// PluginLogger is a logger for the driver. It keeps the name of an authentication
// plugin that the driver lacks, since the driver's error does not name it, and drops
// all other messages.
type PluginLogger struct{ lacking atomic.Pointer[string] }

// Print implements mysql.Logger. The name follows the words "unknown auth plugin:".
func (p *PluginLogger) Print(v ...any) {
	for i, word := range v[:max(len(v)-1, 0)] {
		if word, ok := word.(string); ok && strings.Contains(word, "unknown auth plugin") {
			name := fmt.Sprint(v[i+1])
			p.lacking.Store(&name)
		}
	}
}

// explain adds the plugin's name to the driver's error.
func (p *PluginLogger) explain(err error) error {
	if p == nil || !errors.Is(err, mysql.ErrUnknownPlugin) {
		return err
	}
	name := "(unknown)"
	if lacking := p.lacking.Load(); lacking != nil {
		name = *lacking
	}
	return &PluginError{Plugin: name, err: err}
}

// PluginError says that an account of MySQL or MariaDB has an authentication plugin
// that the driver lacks.
type PluginError struct {
	Plugin string
	err    error
}

// Error implements error.
func (e *PluginError) Error() string {
	return "the user's account has the authentication plugin " + e.Plugin + ", which the gateway does not support"
}

// Unwrap returns the driver's error.
func (e *PluginError) Unwrap() error { return e.err }

// Advice says which plugins can be used instead.
func (e *PluginError) Advice() string {
	return "give the account another plugin: on MariaDB ALTER USER ... IDENTIFIED VIA ed25519 USING PASSWORD('...'), or VIA mysql_native_password;" +
		" on MySQL ALTER USER ... IDENTIFIED WITH caching_sha2_password BY '...'"
}
