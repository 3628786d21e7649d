package redisdb

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

const sentinelPassword = "sentinel_password"

// parameters are those that URLs of a kind may have.
var parameters = map[string][]string{
	"server":   {"db"},
	"sentinel": {"addr", "db", "master_name", "sentinel_username", sentinelPassword},
	"cluster":  {"addr"},
}

// common are the parameters that all URLs may have.
var common = []string{"client_name", "pool_size", "protocol", "ca_file", "cert_file", "key_file", "server_name"}

// options returns the options of go-redis, except those that Open sets.
func (u *URL) options() (*redis.UniversalOptions, error) {
	if err := u.checkParameters(); err != nil {
		return nil, err
	}
	o := &redis.UniversalOptions{
		Addrs: u.hosts, IsClusterMode: u.Kind == "cluster", ClientName: u.query.Get("client_name"),
		SentinelUsername: u.query.Get("sentinel_username"), SentinelPassword: u.query.Get(sentinelPassword),
	}
	o.Username = u.url.User.Username()
	o.Password, _ = u.url.User.Password()
	database := strings.Trim(u.url.Path, "/")
	switch {
	case u.url.Scheme == "unix":
		o.Addrs, database = []string{u.url.Path}, ""
	case u.Kind == "sentinel":
		// The database follows the name of the master.
		o.MasterName, database, _ = strings.Cut(database, "/")
		o.MasterName = cmp.Or(u.query.Get("master_name"), o.MasterName)
		if o.MasterName == "" {
			return nil, errors.New("names no master; write redis+sentinel://host:26379/master_name/0")
		}
	}
	var err error
	if o.DB, err = number("the database", cmp.Or(u.query.Get("db"), database, "0"), 0, 1<<20); err != nil {
		return nil, err
	}
	if u.Kind == "cluster" && o.DB != 0 {
		return nil, errors.New("names a database, but a cluster has only number 0")
	}
	// 0 is the library's default.
	if o.PoolSize, err = number("pool_size", cmp.Or(u.query.Get("pool_size"), "0"), 0, 1<<16); err != nil {
		return nil, err
	}
	if o.Protocol, err = number("protocol", cmp.Or(u.query.Get("protocol"), "3"), 2, 3); err != nil {
		return nil, err
	}
	if o.TLSConfig, err = u.tls(); err != nil {
		return nil, err
	}
	return o, nil
}

func (u *URL) checkParameters() error {
	known := append(slices.Clone(common), parameters[u.Kind]...)
	for name, values := range u.query {
		switch {
		case !slices.Contains(known, name) && u.query.Has(sentinelPassword):
			// It may be a part of the password after an &.
			return fmt.Errorf("has an unknown parameter; known are %s; in the password write & as %%26", strings.Join(known, ", "))
		case !slices.Contains(known, name):
			return fmt.Errorf("has an unknown parameter %q; known are %s", name, strings.Join(known, ", "))
		case len(values) > 1 && name != "addr":
			return fmt.Errorf("has the parameter %s more than once", name)
		}
	}
	return nil
}

func number(name, text string, minimum, maximum int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < minimum || n > maximum {
		return 0, fmt.Errorf("has %q for %s, which must be a number from %d to %d", text, name, minimum, maximum)
	}
	return n, nil
}
