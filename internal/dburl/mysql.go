package dburl

import (
	"net"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// defaultConnectTimeout is half of PyMySQL's, so that a network that comes back is
// found soon.
const defaultConnectTimeout = 5 * time.Second

var mysqlArguments = arguments{
	taken: []string{
		"charset", "unix_socket", "connect_timeout", "read_timeout", "write_timeout",
		"ssl_ca", "ssl_capath", "ssl_cert", "ssl_key", "ssl_cipher",
		"ssl_verify_cert", "ssl_verify_identity", "ssl_check_hostname", "ssl_disabled", "legacy_tls",
	},
	ignored: []string{
		"use_unicode", "local_infile", "compress", "client_flag", "binary_prefix", "named_pipe", "program_name",
		"sql_mode", "bind_address", "plugin_name", "auth_plugin", "auth_plugin_map", "plugin_dir", "default_auth",
		"plugin", "autocommit", "max_allowed_packet", "collation", "defer_connect", "cursorclass", "conv", "ssl",
	},
	refused: map[string]string{
		"read_default_file":  adviceOptionFile,
		"read_default_group": adviceOptionFile,
		"init_command":       "set it on the server, for the user of the gateway",
	},
}

const adviceOptionFile = "write what its group says into the URL: user and password, and ssl_ca, ssl_cert and ssl_key where it has them"

// MySQLConfig makes the driver's settings: what Glance relied on (matched rows
// are counted, SQL mode TRADITIONAL, UTC) and what the URL says. Arguments
// without effect are returned as warnings, unknown ones are an error. Files that
// ssl_ arguments name are read.
func (u *URL) MySQLConfig() (*mysql.Config, []string, error) {
	warnings, err := mysqlArguments.check(u)
	if err != nil {
		return nil, nil, err
	}
	warnings = append(u.driverWarning(), warnings...)
	if u.Database == "" {
		return nil, nil, u.errorf("the name of the database is missing; write it after the host and a slash")
	}
	c := mysql.NewConfig()
	if c.Net, c.Addr, err = u.mysqlAddress(); err != nil {
		return nil, nil, err
	}
	c.User, c.DBName = u.User, u.Database
	c.Passwd, _ = u.Password()
	charset, err := u.mysqlCharset()
	if err != nil {
		return nil, nil, err
	}
	if err := c.Apply(mysql.Charset(charset, "")); err != nil {
		return nil, nil, u.errorf("charset: %w", err)
	}
	c.InterpolateParams = true // one round trip a statement
	c.ClientFoundRows = true
	c.Loc = time.UTC
	c.Params = map[string]string{"sql_mode": "'TRADITIONAL'", "time_zone": "'+00:00'"}
	c.Timeout = defaultConnectTimeout
	for name, d := range map[string]*time.Duration{
		"connect_timeout": &c.Timeout, "read_timeout": &c.ReadTimeout, "write_timeout": &c.WriteTimeout,
	} {
		if err := u.seconds(name, d); err != nil {
			return nil, nil, err
		}
	}
	tls, tlsWarnings, err := u.mysqlTLS()
	if err != nil {
		return nil, nil, err
	}
	c.TLS = tls
	return c, append(warnings, tlsWarnings...), nil
}

// checkMySQL is what can be wrong without looking into a file.
func (u *URL) checkMySQL() error {
	if u.Database == "" {
		return u.errorf("the name of the database is missing; write it after the host and a slash")
	}
	if _, _, err := u.mysqlAddress(); err != nil {
		return err
	}
	_, err := u.mysqlCharset()
	return err
}

func (u *URL) mysqlAddress() (network, address string, err error) {
	if socket := u.Query["unix_socket"]; socket != "" {
		return "unix", socket, nil
	}
	if strings.Contains(u.Host, ",") {
		return "", "", u.errorf("write one host, not a list; for several servers use a proxy or a virtual address")
	}
	return "tcp", net.JoinHostPort(orDefault(u.Host, "localhost"), orDefault(u.Port, "3306")), nil
}

// mysqlCharset only accepts UTF-8. The gateway's texts are UTF-8, and the driver inserts
// values into statements itself: in Big5 or GBK a value could break out of its quotes.
func (u *URL) mysqlCharset() (string, error) {
	charset := strings.ToLower(orDefault(u.Query["charset"], "utf8"))
	if !slices.Contains([]string{"utf8", "utf8mb3", "utf8mb4"}, charset) {
		return "", u.errorf("charset must be utf8, utf8mb3 or utf8mb4")
	}
	return charset, nil
}
