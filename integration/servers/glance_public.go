package servers

import (
	"fmt"
	"strings"
)

// write replaces the configuration of a glance-api by that of a public one.
func (i Identity) write(f folder, db *Database, port int, sections string) error {
	config := fmt.Sprintf(`[DEFAULT]
bind_host = 127.0.0.1
bind_port = %d
workers = 0
node_staging_uri = file://%[2]s/staging
show_multiple_locations = true
enabled_import_methods = [glance-direct,web-download]
[database]
connection = %[3]s
[glance_store]
stores = file,http
default_store = file
filesystem_store_datadir = %[2]s/images
[paste_deploy]
config_file = %[2]s/paste.ini
[oslo_concurrency]
lock_path = %[2]s
[import_filtering_opts]
allowed_hosts = [127.0.0.1]
disallowed_ports = []
allowed_ports = []
[keystone_authtoken]
auth_type = password
auth_url = %[4]s
www_authenticate_uri = %[4]s
username = %[5]s
password = %[6]s
project_name = %[7]s
user_domain_id = default
project_domain_id = default
service_token_roles_required = true
%[8]s
`, port, f.path, db.URL, i.Keystone, i.Username, i.Password, i.Project, sections)
	if err := f.write("glance-api.conf", config); err != nil {
		return err
	}
	// web-download reads its own file.
	if err := f.write("glance-image-import.conf", "[image_import_opts]\nimage_import_plugins = []\n"); err != nil {
		return err
	}
	return f.write("paste.ini", strings.Replace(strings.Replace(glancePaste,
		"versionnegotiation context rootapp", "versionnegotiation rootapp", 1),
		"/v2: apiv2app", "/v2: tokens", 1)+`[pipeline:tokens]
pipeline = authtoken context apiv2app
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
`)
}
