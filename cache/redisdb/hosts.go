package redisdb

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// defaultPorts are by kind.
var defaultPorts = map[string]string{"server": "6379", "sentinel": "26379", "cluster": "6379"}

// takeHosts reads all hosts of the URL. A cluster and Sentinels may have more in
// parameters named addr, as in go-redis.
func (u *URL) takeHosts() error {
	if u.url.Scheme == "unix" {
		switch {
		case u.url.Host != "":
			return errors.New("has a host; the path of a socket begins with a slash, as in unix:///path/redis.sock")
		case strings.Trim(u.url.Path, "/") == "":
			return errors.New("has no path; write one like unix:///path/redis.sock")
		}
		return nil
	}
	texts := append(strings.Split(u.url.Host, ","), u.query["addr"]...)
	for _, text := range texts {
		host, err := hostPort(text, defaultPorts[u.Kind])
		if err != nil {
			return err
		}
		u.hosts = append(u.hosts, host)
	}
	if u.Kind == "server" && len(u.hosts) > 1 {
		return errors.New("names several servers; begin it with redis+cluster, or with redis+sentinel if they are Sentinels")
	}
	return nil
}

// hostPort completes a host with a port. Errors do not contain the text: without an @,
// user and password look like a host and a port.
func hostPort(text, port string) (string, error) {
	host := text
	if strings.Contains(text, ":") && !strings.HasSuffix(text, "]") {
		var err error
		if host, port, err = net.SplitHostPort(text); err != nil {
			return "", errors.New("has an invalid host; write host:port, and IPv6 addresses in [ ]")
		}
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if host == "" {
		return "", fmt.Errorf("has an empty host; write one like %s", forms)
	}
	if strings.ContainsAny(host, "[]% \\\"<>^`{|}") || strings.ContainsFunc(host, func(r rune) bool { return r < ' ' }) {
		return "", errors.New("has a host with an invalid character")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", errors.New("has a port that is not a number from 1 to 65535; if it is part of a password, " +
			"write / in it as %2F, ? as %3F and # as %23")
	}
	return net.JoinHostPort(host, port), nil
}
