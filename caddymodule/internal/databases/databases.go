// Package databases has the databases that are in use, each once for all handlers
// with the same settings.
package databases

import (
	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/dburl"
)

var pool = share.NewPool[*Database]()

// Database is a database that is in use.
type Database struct {
	*dbbackend.Backend

	// Name is the URL without its password.
	Name string

	// Location tells databases apart.
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

// Acquire takes a share in a database, which opens no connection yet.
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

// AskAll calls f with all databases that are in use, at the same time.
func AskAll[A any](f func(*Database) A) []A { return share.AskAll(pool, f) }

// InUse is how many databases are in use.
func InUse() int { return pool.Len() }
