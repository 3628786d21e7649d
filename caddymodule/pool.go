package caddymodule

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/dburl"
)

// databases are shared by all handlers with the same settings, also by those
// of the old and the new configuration during a reload. Nothing in them belongs
// to a configuration.
var databases = caddy.NewUsagePool()

// database is a value of databases.
type database struct {
	*dbbackend.Backend

	// name is the URL without its password.
	name string

	schema schemaState
}

// Destruct implements caddy.Destructor.
func (d *database) Destruct() error {
	d.Close()
	d.schema.forget()
	return nil
}

// databaseKey tells databases apart without keeping their passwords.
type databaseKey [sha256.Size]byte

func keyOf(config dbbackend.Config) databaseKey {
	config.Observer, config.OnState = nil, nil
	return sha256.Sum256(fmt.Appendf(nil, "%#v", config))
}

// acquireDatabase takes a share in a database, which opens no connection yet.
func acquireDatabase(key databaseKey, config dbbackend.Config) (*database, error) {
	value, _, err := databases.LoadOrNew(key, func() (caddy.Destructor, error) {
		u, err := dburl.Parse(config.URL)
		if err != nil {
			return nil, err
		}
		d := &database{name: u.Redacted()}
		config.Observer, config.OnState = observeStatement, d.schema.observe(d.name)
		if d.Backend, err = dbbackend.Open(config); err != nil {
			return nil, err
		}
		return d, nil
	})
	if err != nil {
		return nil, err
	}
	return value.(*database), nil
}

func releaseDatabase(key databaseKey) {
	_, _ = databases.Delete(key) // Destruct does not fail
}

// eachDatabase calls f with every database that is in use, and keeps it open
// meanwhile.
func eachDatabase(f func(*database)) { eachInUse(databases, f) }

// eachInUse calls f with every value of a pool, and keeps it in use meanwhile.
func eachInUse[T any](pool *caddy.UsagePool, f func(T)) {
	var keys []any
	pool.Range(func(key, _ any) bool {
		keys = append(keys, key)
		return true
	})
	for _, key := range keys {
		value, _, err := pool.LoadOrNew(key, func() (caddy.Destructor, error) { return nil, errGone })
		if err != nil {
			continue
		}
		f(value.(T))
		_, _ = pool.Delete(key)
	}
}

var errGone = errors.New("not in use any more")
