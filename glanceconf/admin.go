package glanceconf

import (
	"path"
	"strings"
)

const (
	adminOff = "off"

	// runtimeFolder is that of the package's service; no other user may enter it.
	runtimeFolder = "/run/glance-gateway"
	adminSocket   = "admin.sock"
)

// readAdmin finds the place of the admin API. A client of it can change who
// is an admin of Glance, so it is not on a port, which all users of the host can
// reach.
func (r *reader) readAdmin() {
	s := r.settings
	address := r.env(EnvAdmin)
	folder, _, _ := strings.Cut(r.env("RUNTIME_DIRECTORY"), ":")
	switch {
	case address != "":
		r.writable(EnvAdmin, address)
		s.Admin = address
	case path.IsAbs(folder):
		r.writable("RUNTIME_DIRECTORY", folder)
		s.Admin = "unix/" + path.Join(folder, adminSocket)
	case r.exists(runtimeFolder):
		s.Admin = "unix/" + path.Join(runtimeFolder, adminSocket)
	default:
		s.Admin = adminOff
	}
}

// adminWords is where health and metrics are, for people.
func (s *Settings) adminWords() string {
	if s.Admin == adminOff {
		return "off, and with it the health report and metrics; " + EnvAdmin + " turns them on"
	}
	return s.Admin
}
