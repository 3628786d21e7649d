package caddymodule

import (
	"crypto/sha256"
	"fmt"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/dburl"
)

var databases = newPool[*database]()

// database is a value of databases.
type database struct {
	*dbbackend.Backend

	// name is the URL without its password.
	name string

	// location tells databases apart.
	location string

	schema schemaState
}

// Destruct implements caddy.Destructor.
func (d *database) Destruct() error {
	d.Close()
	d.schema.forget()
	return nil
}

func keyOf(config dbbackend.Config) poolKey {
	config.Observer, config.OnState = nil, nil
	return sha256.Sum256(fmt.Appendf(nil, "%#v", config))
}

// acquireDatabase takes a share in a database, which opens no connection yet.
func acquireDatabase(key poolKey, config dbbackend.Config) (*database, error) {
	return databases.acquire(key, func() (*database, error) {
		u, err := dburl.Parse(config.URL)
		if err != nil {
			return nil, err
		}
		d := &database{name: u.Redacted(), location: u.Location()}
		config.Observer, config.OnState = observeStatement, d.schema.observe(d.name)
		if d.Backend, err = dbbackend.Open(config); err != nil {
			return nil, err
		}
		return d, nil
	})
}
