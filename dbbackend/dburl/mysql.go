package dburl

import (
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mysqlIgnored are arguments of Python drivers that mean nothing here.
var mysqlIgnored = map[string]bool{
	"use_unicode": true, "local_infile": true, "compress": true, "client_flag": true, "binary_prefix": true,
	"named_pipe": true, "program_name": true, "ssl_cipher": true, "sql_mode": true, "plugin_name": true,
	"auth_plugin": true, "bind_address": true,
}

// mysqlTaken are the arguments that MySQLConfig understands.
var mysqlTaken = map[string]bool{
	"charset": true, "unix_socket": true, "connect_timeout": true, "read_timeout": true, "write_timeout": true,
	"ssl_ca": true, "ssl_cert": true, "ssl_key": true, "ssl_capath": true,
}

// MySQLConfig makes the driver's settings: what Glance relied on (matched rows
// are counted, strict mode, UTC) and what the URL says. Ignored arguments are
// returned as warnings, unknown ones are an error, as in the original.
func (u *URL) MySQLConfig() (*mysql.Config, []string, error) {
	c := mysql.NewConfig()
	c.User, c.Passwd, c.DBName = u.User, u.password, u.Database
	c.Net, c.Addr = "tcp", net.JoinHostPort(orDefault(u.Host, "localhost"), orDefault(u.Port, "3306"))
	if socket := u.Query["unix_socket"]; socket != "" {
		c.Net, c.Addr = "unix", socket
	}
	if u.Database == "" {
		return nil, nil, fmt.Errorf("database URL %s: the name of the database is missing", u.Redacted())
	}
	// One round trip a statement; the driver refuses character sets for which
	// its quoting is not safe.
	c.InterpolateParams = true
	c.ClientFoundRows = true
	c.ParseTime = true
	c.Loc = time.UTC
	c.CheckConnLiveness = true
	// From MySQL's strict mode follows that nothing is cut silently.
	c.Params = map[string]string{"sql_mode": "'TRADITIONAL'", "time_zone": "'+00:00'"}
	if err := c.Apply(mysql.Charset(orDefault(u.Query["charset"], "utf8"), "")); err != nil {
		return nil, nil, fmt.Errorf("database URL %s: charset: %w", u.Redacted(), err)
	}
	for name, to := range map[string]*time.Duration{
		"connect_timeout": &c.Timeout, "read_timeout": &c.ReadTimeout, "write_timeout": &c.WriteTimeout,
	} {
		if err := u.seconds(name, to); err != nil {
			return nil, nil, err
		}
	}
	if c.Timeout == 0 {
		c.Timeout = 10 * time.Second
	}
	var err error
	if c.TLS, err = u.mysqlTLS(); err != nil {
		return nil, nil, err
	}
	warnings, err := u.checkArguments(mysqlTaken, mysqlIgnored)
	return c, warnings, err
}

func orDefault(value, missing string) string {
	if value == "" {
		return missing
	}
	return value
}

// seconds reads a time-out.
func (u *URL) seconds(name string, to *time.Duration) error {
	text, ok := u.Query[name]
	if !ok {
		return nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || n > 1e6 {
		return fmt.Errorf("database URL %s: %s must be a number of seconds", u.Redacted(), name)
	}
	*to = time.Duration(n * float64(time.Second))
	return nil
}

// checkArguments refuses arguments that neither set has.
func (u *URL) checkArguments(taken, ignored map[string]bool) ([]string, error) {
	var warnings []string
	for _, name := range sortedKeys(u.Query) {
		switch {
		case taken[name]:
		case ignored[name]:
			warnings = append(warnings, "database URL: argument "+name+" has no effect here")
		default:
			return nil, fmt.Errorf("database URL %s: argument %q is not known", u.Redacted(), name)
		}
	}
	return warnings, nil
}
