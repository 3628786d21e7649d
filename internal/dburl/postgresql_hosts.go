package dburl

import (
	"net/netip"
	"strings"
)

// listed are the arguments for PostgreSQL that can be repeated; their values
// are joined to a list, as libpq wants it.
var listed = map[string]bool{"host": true, "port": true}

// postgreSQLHosts is where the servers are, as libpq's lists. An argument wins
// over the part of the URL, as with SQLAlchemy, which takes several servers in
// two forms: "host=a:5432&host=b" with ports behind the names, and
// "host=a,b&port=5432,5433" with the ports apart.
func (u *URL) postgreSQLHosts() (host, port string, err error) {
	host, port = orDefault(u.Query["host"], u.Host), orDefault(u.Query["port"], u.Port)
	names := strings.Split(host, ",")
	ports := make([]string, len(names))
	behindNames := false
	for n, name := range names {
		if names[n], ports[n] = cutPort(name); ports[n] != "" {
			behindNames = true
		}
	}
	switch apart := strings.Count(port, ",") + 1; {
	case behindNames && u.Query["port"] != "":
		return "", "", u.errorf("write ports after the names of hosts or in the argument port, not in both")
	case behindNames:
		for n := range ports {
			ports[n] = orDefault(ports[n], orDefault(u.Port, "5432"))
		}
		port = strings.Join(ports, ",")
	case apart > 1 && apart != len(names):
		return "", "", u.errorf("it has %d hosts and %d ports; write one port for all, or one for each", len(names), apart)
	}
	return strings.Join(names, ","), port, nil
}

// cutPort cuts the port from a host; the folder of a socket and an IPv6 address
// without brackets have none.
func cutPort(host string) (name, port string) {
	if inside, ok := strings.CutPrefix(host, "["); ok {
		if address, rest, closed := strings.Cut(inside, "]"); closed {
			return address, strings.TrimPrefix(rest, ":")
		}
	}
	if _, err := netip.ParseAddr(host); err == nil || strings.HasPrefix(host, "/") {
		return host, ""
	}
	name, port, _ = strings.Cut(host, ":")
	return name, port
}
