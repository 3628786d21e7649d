package glanceconf

import "github.com/glancegate/glancegate/glanceconf/internal/osloconf"

func (r *reader) readKeystone() {
	r.login = tokenSection
	if v := r.middleware("auth_section"); v.text != "" {
		r.login = osloconf.Canonical(v.text)
		r.conf.Register(r.loginIn(r.login))
	}
	if filter := r.pipeline.authtoken; filter != nil {
		for _, key := range []string{"oslo_config_file", "oslo_config_project"} {
			if v := r.filterOption(filter, key); v.set {
				r.refuse("%s: %s reads the options from somewhere else; write them into the filter", v.place(), v.name())
			}
		}
	}
	if v := r.plugin("auth_type"); v.text != "" {
		r.readPlugin(v)
	} else {
		r.readLegacy()
	}
	r.readMiddleware()
}

// middleware is an option of the filter authtoken, in the pipeline or else in
// [keystone_authtoken].
func (r *reader) middleware(key string) value { return r.authOption(tokenSection, key) }

// plugin is an option of the login, which auth_section can move.
func (r *reader) plugin(key string) value { return r.authOption(r.login, key) }

func (r *reader) authOption(section, key string) value {
	o := r.options[osloconf.Name{Section: tokenSection, Key: key}]
	if filter := r.pipeline.authtoken; filter != nil {
		keys := []string{key}
		for _, old := range o.Old {
			keys = append(keys, old.Key)
		}
		for _, key := range keys {
			v := r.filterOption(filter, key)
			if !v.set {
				continue
			}
			if err := o.Type.Check(v.text); err != nil {
				r.refuse("%s: %s: %v", v.place(), v.name(), err)
			}
			return v
		}
	}
	return r.get(section, key)
}

// auth adds a directive to identity keystone.
func (r *reader) auth(name string, values ...string) {
	i := &r.settings.Identity
	i.Keystone = append(i.Keystone, Directive{name, values})
}

func (r *reader) authSecret(name string, v value) {
	if v.text != "" {
		r.auth(name, r.reference(v, ""))
	}
}

// carry adds options as they are, as far as they are set.
func (r *reader) carry(get func(string) value, keys ...string) {
	for _, key := range keys {
		if v := get(key); v.text != "" && v.set {
			r.writable(v.place()+": "+v.name(), v.text)
			r.auth(key, v.text)
		}
	}
}

// inPipeline reports whether an option of [keystone_authtoken] does not count,
// because the filter has it, too.
func (r *reader) inPipeline(known *osloconf.Option) bool {
	if r.pipeline.authtoken == nil || known.Section != tokenSection && known.Section != r.login {
		return false
	}
	return r.authOption(known.Section, known.Key).paste != nil
}
