// Package redisdb makes Redis clients from URLs: of one server, of the servers of a
// Sentinel, or of a Cluster.
package redisdb

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// URL is the URL of a Redis.
type URL struct {
	url   *url.URL // without "+sentinel" and "+cluster"
	query url.Values
	hosts []string // host:port

	// Kind is "server", "sentinel" or "cluster".
	Kind string
}

// forms is what Parse accepts, for its errors.
const forms = "redis://[user:password@]host:port/0, rediss://... for TLS, unix:///path/redis.sock, " +
	"redis+sentinel://host:26379,host:26379/master_name/0 or redis+cluster://host:6379,host:6379"

// kinds are the schemes and their meanings.
var kinds = map[string]string{
	"redis": "server", "rediss": "server", "unix": "server",
	"redis+sentinel": "sentinel", "rediss+sentinel": "sentinel",
	"redis+cluster": "cluster", "rediss+cluster": "cluster",
}

// Parse reads the URL of one server (redis, rediss, unix), of Sentinels
// (redis+sentinel, rediss+sentinel) or of a cluster (redis+cluster,
// rediss+cluster). Errors do not contain the URL, which can have a password.
func Parse(text string) (*URL, error) {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		return nil, fmt.Errorf("begins with no scheme; write one like %s", forms)
	}
	kind := kinds[strings.ToLower(scheme)]
	if kind == "" && strings.ContainsFunc(scheme, func(r rune) bool { return !schemeRune(r) }) {
		return nil, fmt.Errorf("has an unknown scheme; write one like %s", forms)
	}
	if kind == "" {
		return nil, fmt.Errorf("has an unknown scheme %q; write one like %s", scheme, forms)
	}
	scheme, _, _ = strings.Cut(strings.ToLower(scheme), "+")
	authority, tail := rest, ""
	if n := strings.IndexAny(rest, "/?#"); n >= 0 {
		authority, tail = rest[:n], rest[n:]
	}
	// The rest may be part of a password, so errors do not contain it.
	switch {
	case strings.Contains(tail, "@"):
		return nil, errors.New("has an @ after the host; in user, password and parameters write " +
			"/ as %2F, ? as %3F, # as %23 and @ as %40")
	case strings.Contains(tail, "#"):
		return nil, errors.New("has a #; write it as %23")
	}
	hosts := authority
	if n := strings.LastIndex(authority, "@"); n >= 0 {
		hosts = authority[n+1:]
	}
	// The parser would take several hosts for one, or not.
	u, err := url.Parse(scheme + "://" + strings.TrimSuffix(authority, hosts) + "host" + tail)
	if err != nil {
		return nil, errors.New("has a character that needs percent-encoding, or an incomplete percent-encoding; write % as %25")
	}
	u.Host = hosts
	parsed := &URL{url: u, Kind: kind}
	if parsed.query, err = url.ParseQuery(u.RawQuery); err != nil {
		return nil, errors.New("has parameters with a character that needs percent-encoding, or an incomplete percent-encoding; write % as %25")
	}
	if err := parsed.takeHosts(); err != nil {
		return nil, err
	}
	if _, err := parsed.options(); err != nil {
		return nil, err
	}
	return parsed, nil
}

// schemeRune reports whether a character may occur in a scheme.
func schemeRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("+-.", r)
}

// Redacted returns the URL without passwords, for logs.
func (u *URL) Redacted() string {
	shown := *u.url
	if u.Kind != "server" {
		shown.Scheme += "+" + u.Kind
	}
	if u.query.Has(sentinelPassword) {
		query := url.Values{}
		for name, values := range u.query {
			query[name] = values
		}
		query.Set(sentinelPassword, "xxxxx")
		shown.RawQuery = query.Encode()
	}
	return shown.Redacted()
}

// Local reports whether the server is on this host, by a Unix socket or a
// loopback address. Sentinels and clusters are not: they name others.
func (u *URL) Local() bool {
	if u.url.Scheme == "unix" {
		return true
	}
	host, _, _ := net.SplitHostPort(u.hosts[0])
	ip, err := netip.ParseAddr(host)
	return u.Kind == "server" && (host == "localhost" || err == nil && ip.IsLoopback())
}
