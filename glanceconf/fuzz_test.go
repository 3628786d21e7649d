package glanceconf

import (
	"testing"
	"testing/fstest"

	"github.com/glancegate/glancegate/integration/kit"
)

// Whatever stands in the files, settings are made or refused.
func FuzzRead(f *testing.F) {
	const conf = "[DEFAULT]\n[database]\nconnection = mysql://u:p$$@h/d?charset=utf8\n[keystone_authtoken]\nauth_type=password\nauth_url=http://k\n" +
		"username=u\npassword=p\nproject_name=s\n[paste_deploy]\nflavor = "
	const paste = "[pipeline:glance-registry-keystone]\npipeline = t c a\n[app:a]\npaste.app_factory = glance.registry.api:API.factory\n[filter:t]\n" +
		"paste.filter_factory = keystonemiddleware.auth_token:filter_factory\n[filter:c]\npaste.filter_factory = glance.api.middleware.context:ContextMiddleware.factory\n"
	f.Add(conf+"keystone", paste)
	f.Add(conf+"trusted-auth\n", "[pipeline:x]\npipeline=y")
	f.Add("[DEFAULT]\nbind_host=$bind_host\nadmin_role=$debug\n[keystone_authtoken]\nauth_section=DEFAULT\n", "")
	f.Fuzz(func(t *testing.T, conf, paste string) {
		defer kit.Cheap(t, len(conf)+len(paste))()
		in := Input{
			File: "/etc/glance/glance-registry.conf", Content: []byte(conf),
			Root: fstest.MapFS{
				"etc/glance/glance-registry.conf":      {Data: []byte(conf)},
				"etc/glance/glance-registry-paste.ini": {Data: []byte(paste)},
			},
		}
		settings, findings, err := Read(in)
		if err != nil {
			return
		}
		if settings.Database.URL == "" || settings.Identity.Source == "" || settings.Listen.Host == "" {
			t.Errorf("taken without a database, an identity or an address:\n%s\n%s", conf, paste)
		}
		settings.Caddyfile(findings)
	})
}
