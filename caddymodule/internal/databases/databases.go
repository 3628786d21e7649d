// Package databases holds the databases in use. Handlers with the same settings share
// one.
package databases

import (
	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/internal/dburl"
)

var pool = share.NewPool[*Database]()

// Database is a database in use.
type Database struct {
	*dbbackend.Backend

	// Name is the URL without its password.
	Name string

	// Location identifies the database.
	Location string

	schema schemaState
}

// Destruct implements caddy.Destructor.
func (d *Database) Destruct() error {
	d.Close()
	d.schema.forget()
	return nil
}

func keyOf(config dbbackend.Config) share.Key {
	config.Observer, config.OnState, config.OnOddRow = nil, nil, nil
	return share.KeyOf(config)
}

// Acquire returns the database for a configuration without opening a connection. The
// caller must call Release.
func Acquire(config dbbackend.Config) (*Database, error) {
	return pool.Acquire(keyOf(config), func() (*Database, error) {
		u, err := dburl.Parse(config.URL)
		if err != nil {
			return nil, err
		}
		d := &Database{Name: u.Redacted(), Location: u.Location()}
		config.Observer, config.OnState, config.OnOddRow = observeStatement, d.schema.observe(d.Name), tellOddRow(d.Name)
		if d.Backend, err = dbbackend.Open(config); err != nil {
			return nil, err
		}
		return d, nil
	})
}

// Release gives a share back.
func Release(config dbbackend.Config) { pool.Release(keyOf(config)) }

// AskAll calls f concurrently with all databases in use.
func AskAll[A any](f func(*Database) A) []A { return share.AskAll(pool, f) }

// InUse returns the number of databases in use.
func InUse() int { return pool.Len() }
