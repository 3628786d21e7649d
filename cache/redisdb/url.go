// Package redisdb makes clients of Redis servers from URLs: one server, those of
// a Sentinel, or a Cluster.
package redisdb

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// URL is where a Redis is.
type URL struct {
	url *url.URL

	// Kind is "server", "sentinel" or "cluster".
	Kind string
}

// forms is what Parse takes, for its errors.
const forms = "redis://[user:password@]host:port/0, rediss://... for TLS, unix:///path/redis.sock, " +
	"redis+sentinel://host:26379,host:26379/master_name/0 or redis+cluster://host:6379,host:6379"

// Parse reads the URL of one server (redis, rediss, unix), of Sentinels
// (redis+sentinel, rediss+sentinel) or of a cluster (redis+cluster,
// rediss+cluster). Errors do not contain the URL, which can have a password.
func Parse(text string) (*URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		var cause *url.Error
		if errors.As(err, &cause) {
			err = cause.Err
		}
		if strings.Contains(err.Error(), "port") { // it is quoted, and a part of a password is taken for one
			err = errors.New("a character in it needs percent-encoding")
		}
		return nil, fmt.Errorf("is no URL: %w; write one like %s", err, forms)
	}
	scheme, kind, _ := strings.Cut(u.Scheme, "+")
	switch {
	case scheme == "unix" && kind == "", slices.Contains([]string{"redis", "rediss"}, scheme) && kind == "":
		kind = "server"
	case slices.Contains([]string{"redis", "rediss"}, scheme) && (kind == "sentinel" || kind == "cluster"):
	default:
		return nil, fmt.Errorf("has an unknown scheme %q; write one like %s", u.Scheme, forms)
	}
	if scheme != "unix" && u.Host == "" {
		return nil, fmt.Errorf("has no host; write one like %s", forms)
	}
	if scheme == "unix" && u.Path == "" {
		return nil, fmt.Errorf("has no path; write one like %s", forms)
	}
	u.Scheme = scheme
	parsed := &URL{url: u, Kind: kind}
	if _, err := parsed.options(); err != nil {
		return nil, err
	}
	return parsed, nil
}

// Redacted is the URL without its password, for logs.
func (u *URL) Redacted() string {
	shown := *u.url
	if u.Kind != "server" {
		shown.Scheme += "+" + u.Kind
	}
	query := shown.Query()
	for name := range query {
		if strings.Contains(name, "password") {
			query.Set(name, "xxxxx")
		}
	}
	shown.RawQuery = query.Encode()
	return shown.Redacted()
}

// Local reports whether all servers are on this host, by a Unix socket or a
// loopback address.
func (u *URL) Local() bool {
	if u.url.Scheme == "unix" {
		return true
	}
	for _, address := range u.addresses() {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return false
		}
		ip, err := netip.ParseAddr(host)
		if host != "localhost" && (err != nil || !ip.IsLoopback()) {
			return false
		}
	}
	// Sentinels and clusters name the servers themselves.
	return u.Kind == "server"
}

// defaultPorts are by kind.
var defaultPorts = map[string]string{"server": "6379", "sentinel": "26379", "cluster": "6379"}

// addresses are all host:port of the URL.
func (u *URL) addresses() []string {
	var list []string
	for _, host := range append(strings.Split(u.url.Host, ","), u.url.Query()["addr"]...) {
		if host == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(host); err != nil {
			host = net.JoinHostPort(strings.Trim(host, "[]"), defaultPorts[u.Kind])
		}
		list = append(list, host)
	}
	return list
}

// options are those of go-redis, which reads user, password, database and its
// own parameters.
func (u *URL) options() (*redis.UniversalOptions, error) {
	plain := *u.url
	query := plain.Query()
	tls, err := takeTLS(query, plain.Scheme == "rediss", u.host())
	if err != nil {
		return nil, err
	}
	query.Del("addr")
	o := &redis.UniversalOptions{Addrs: u.addresses()}
	if u.Kind == "sentinel" {
		// The database follows the name of the master.
		o.MasterName, plain.Path, _ = strings.Cut(strings.TrimPrefix(plain.Path, "/"), "/")
		if name := query.Get("master_name"); name != "" {
			o.MasterName = name
		}
		query.Del("master_name")
		if o.MasterName == "" {
			return nil, errors.New("names no master; write redis+sentinel://host:26379/master_name/0")
		}
		o.SentinelUsername, o.SentinelPassword = query.Get("sentinel_username"), query.Get("sentinel_password")
		query.Del("sentinel_username")
		query.Del("sentinel_password")
	}
	if u.Kind == "cluster" && strings.Trim(plain.Path, "/") != "" && strings.Trim(plain.Path, "/") != "0" {
		return nil, errors.New("names a database, but a cluster has only number 0")
	}
	plain.RawQuery = query.Encode()
	if plain.Scheme != "unix" {
		plain.Scheme, plain.Host = "redis", o.Addrs[0]
	}
	parsed, err := redis.ParseURL(plain.String())
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "redis: "))
	}
	if plain.Scheme == "unix" {
		o.Addrs = []string{parsed.Addr}
	}
	o.Username, o.Password, o.DB = parsed.Username, parsed.Password, parsed.DB
	o.PoolSize, o.Protocol, o.ClientName = parsed.PoolSize, parsed.Protocol, parsed.ClientName
	o.TLSConfig = tls
	return o, nil
}

func (u *URL) host() string {
	if addresses := u.addresses(); len(addresses) > 0 {
		host, _, _ := net.SplitHostPort(addresses[0])
		return host
	}
	return ""
}
