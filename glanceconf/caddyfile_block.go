package glanceconf

import "strconv"

func (s *Settings) writeDatabase(w *writer) {
	d := s.Database
	if d.MaxConnections == 0 && d.SQLMode == nil && !d.ReadOnly {
		w.line("database", d.URL)
		return
	}
	w.open("database", d.URL)
	if d.MaxConnections > 0 {
		w.line("max_connections", strconv.Itoa(d.MaxConnections))
	}
	if d.SQLMode != nil {
		w.line("sql_mode", *d.SQLMode)
	}
	if d.ReadOnly {
		w.line("read_only")
	}
	w.close()
}

func (s *Settings) writeIdentity(w *writer) {
	i := s.Identity
	switch {
	case i.Source == FromNobody && i.Unsafe:
		w.line("identity", "none", "unsafe")
	case i.Source == FromNobody:
		w.line("identity", "none")
	case i.Source == FromHeaders && i.From == nil:
		w.line("identity", "trusted")
	case i.Source == FromHeaders:
		w.open("identity", "trusted")
		w.line(append([]string{"from"}, i.From...)...)
		w.close()
	default:
		w.open("identity", "keystone")
		for _, d := range i.Keystone {
			w.line(append([]string{d.Name}, d.Values...)...)
		}
		w.close()
	}
	if !i.OwnerIsTenant {
		w.line("owner_is_tenant", "off")
	}
	if i.AllowAnonymous {
		w.line("allow_anonymous")
	}
}

func (s *Settings) writeAdmins(w *writer) {
	a := s.Admins
	if a.Role != "admin" {
		w.line("admin_role", a.Role)
	}
	if a.Policy == "" {
		return
	}
	if a.PolicyDirs == nil && a.DefaultRule == "default" {
		w.line("policy_file", a.Policy)
		return
	}
	w.open("policy_file", a.Policy)
	if a.PolicyDirs != nil {
		w.line(append([]string{"dirs"}, a.PolicyDirs...)...)
	}
	if a.DefaultRule != "default" {
		w.line("default_rule", a.DefaultRule)
	}
	w.close()
}

func (s *Settings) writeServed(w *writer) {
	v := s.Served
	if s.Release != "" {
		w.line("compatible_with", s.Release)
	}
	if !v.V1 {
		w.line("v1", "off")
	}
	if !v.RPC {
		w.line("rpc", "off")
	}
	w.open("limits")
	w.line("default_page", strconv.Itoa(v.DefaultPage))
	w.line("max_page", strconv.Itoa(v.MaxPage))
	w.line("request_id", strconv.Itoa(v.RequestID))
	if v.Body > 0 {
		w.line("body_v1", strconv.Itoa(v.Body)+"B")
		w.line("body_rpc", strconv.Itoa(v.Body)+"B")
	}
	w.close()
	switch v.HealthPath {
	case stockHealthPath:
	case "":
		w.line("healthcheck", "off")
	default:
		w.line("healthcheck", v.HealthPath)
	}
	if v.HealthFile != "" && v.HealthPath != "" {
		w.line("healthcheck_file", v.HealthFile)
	}
}
