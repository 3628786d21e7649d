package glanceconf

import "github.com/glancegate/glancegate/glanceconf/internal/osloconf"

const tokenSection = "keystone_authtoken"

var policyOptions = []Option{
	text("policy_file", Honour, "`policy_file`").or("policy.json").wasIn(osloconf.Default, "policy_file"),
	text("policy_default_rule", Honour, "`default_rule` of `policy_file`").or("default").wasIn(osloconf.Default, "policy_default_rule"),
	option("policy_dirs", osloconf.Multi, Honour, "`dirs` of `policy_file`").or("policy.d").wasIn(osloconf.Default, "policy_dirs"),
	text("enforce_scope", Ignore, "context_is_admin has no scope"),
	text("remote_content_type", Ignore, "rules that ask other servers are refused"),
	text("remote_ssl_verify_server_crt", Ignore, "rules that ask other servers are refused"),
	text("remote_ssl_ca_crt_file", Ignore, "rules that ask other servers are refused"),
	text("remote_ssl_client_crt_file", Ignore, "rules that ask other servers are refused"),
	text("remote_ssl_client_key_file", Ignore, "rules that ask other servers are refused"),
}

const (
	ofOpening = "connections are opened when they are needed, and each attempt has a time limit"
	ofRetries = "statements are tried again after a deadlock or a lost connection"
)

var databaseOptions = []Option{
	text("connection", Honour, "`database`").
		wasIn(osloconf.Default, "sql_connection").was("sql_connection").wasIn("sql", "connection"),
	text("slave_connection", Warn, "Glance never used it"),
	text("connection_parameters", Honour, "arguments of the URL in `database`"),
	text("mysql_sql_mode", Honour, "`sql_mode` of `database`").or("TRADITIONAL"),
	integer("connection_recycle_time", Translate, "a connection is closed after an hour, or sooner if it is idle").
		was("idle_timeout").wasIn(osloconf.Default, "sql_idle_timeout").was("sql_idle_timeout").wasIn("sql", "idle_timeout"),
	integer("max_pool_size", Translate, "`max_connections`, together with max_overflow").
		wasIn(osloconf.Default, "sql_max_pool_size").was("sql_max_pool_size"),
	integer("max_overflow", Translate, "`max_connections`, together with max_pool_size").
		wasIn(osloconf.Default, "sql_max_overflow").was("sqlalchemy_max_overflow"),
	integer("min_pool_size", Ignore, "it never had an effect").wasIn(osloconf.Default, "sql_min_pool_size").was("sql_min_pool_size"),
	integer("pool_timeout", Translate, "a request waits for a connection as long as its client does").was("sqlalchemy_pool_timeout"),
	integer("max_retries", Translate, ofOpening).wasIn(osloconf.Default, "sql_max_retries").was("sql_max_retries"),
	integer("retry_interval", Translate, ofOpening).wasIn(osloconf.Default, "sql_retry_interval").was("reconnect_interval"),
	text("use_db_reconnect", Ignore, ofRetries),
	text("db_retry_interval", Ignore, ofRetries),
	text("db_inc_retry_interval", Ignore, ofRetries),
	text("db_max_retry_interval", Ignore, ofRetries),
	text("db_max_retries", Ignore, ofRetries),
	integer("connection_debug", Ignore, "the database has a log of statements; from 50 on it is a warning").
		wasIn(osloconf.Default, "sql_connection_debug"),
	text("connection_trace", Ignore, "the database has a log of statements").wasIn(osloconf.Default, "sql_connection_trace"),
	text("backend", Refuse, "anything but sqlalchemy, which is the default").or("sqlalchemy").wasIn(osloconf.Default, "db_backend"),
	text("use_tpool", Ignore, ofProcess).wasIn(osloconf.Default, "dbapi_use_tpool"),
	text("sqlite_db", Ignore, "connection counts").wasIn(osloconf.Default, "sqlite_db"),
	text("sqlite_synchronous", Ignore, "the gateway opens SQLite in its own way").wasIn(osloconf.Default, "sqlite_synchronous"),
	text("mysql_enable_ndb", Warn, "matters to the creation of the schema only"),
}

const (
	ofMemcached = "memcached is not used; tokens are remembered in the process"
	ofPKI       = "PKI tokens are gone since Pike"
	asIs        = "the same option of `identity keystone`"
)

// middlewareOptions are those of the filter authtoken itself.
var middlewareOptions = []Option{
	text("www_authenticate_uri", Honour, asIs),
	text("auth_uri", Honour, "`www_authenticate_uri`, unless that is set and the release is Queens or later"),
	text("auth_version", Translate, "tokens are validated with v3"),
	text("interface", Translate, "tokens are validated at auth_url"),
	text("region_name", Warn, "tokens are validated at auth_url, whatever the catalogue says"),
	boolean("delay_auth_decision", Honour, asIs).or("false"),
	text("include_service_catalog", Ignore, "the registry never used the catalogue"),
	text("cafile", Honour, asIs),
	text("certfile", Honour, asIs),
	text("keyfile", Honour, asIs),
	boolean("insecure", Honour, asIs+", with a warning").or("false"),
	integer("http_connect_timeout", Honour, asIs),
	integer("http_request_max_retries", Translate, asIs),
	integer("token_cache_time", Honour, asIs+"; 300 at most"),
	list("memcached_servers", Warn, ofMemcached).was("memcache_servers"),
	text("memcache_security_strategy", Ignore, ofMemcached),
	text("memcache_secret_key", Ignore, ofMemcached),
	text("memcache_use_advanced_pool", Ignore, ofMemcached),
	text("memcache_pool_dead_retry", Ignore, ofMemcached),
	text("memcache_pool_maxsize", Ignore, ofMemcached),
	text("memcache_pool_socket_timeout", Ignore, ofMemcached),
	text("memcache_pool_unused_timeout", Ignore, ofMemcached),
	text("memcache_pool_conn_get_timeout", Ignore, ofMemcached),
	text("cache", Ignore, ofMemcached),
	list("service_token_roles", Honour, asIs).or("service"),
	boolean("service_token_roles_required", Honour, asIs).or("false"),
	text("service_type", Warn, "access rules of application credentials are not checked"),
	text("enforce_token_bind", Refuse, "anything but disabled and permissive, the default").or("permissive"),
	text("signing_dir", Warn, ofPKI),
	text("hash_algorithms", Warn, ofPKI),
	text("check_revocations_for_cached", Warn, ofPKI),
	text("revocation_cache_time", Warn, ofPKI),
	text("auth_section", Honour, "the section with the options of the login"),
}

// loginOptions are those of the login, which auth_section can move.
var loginOptions = []Option{
	text("auth_type", Honour, "password, v3password, v2password and v3applicationcredential; others are refused").was("auth_plugin"),
	text("auth_url", Honour, asIs),
	text("username", Honour, asIs).was("user_name", "user-name"),
	text("user_id", Honour, asIs),
	text("password", Honour, "a reference to the file"),
	text("user_domain_id", Honour, asIs),
	text("user_domain_name", Honour, asIs),
	text("project_name", Honour, asIs).was("tenant_name", "tenant-name"),
	text("project_id", Honour, asIs).was("tenant_id", "tenant-id"),
	text("project_domain_id", Honour, asIs),
	text("project_domain_name", Honour, asIs),
	text("default_domain_id", Honour, asIs),
	text("default_domain_name", Honour, asIs),
	text("domain_id", Refuse, "the service user logs in to a project"),
	text("domain_name", Refuse, "the service user logs in to a project"),
	text("trust_id", Refuse, "the service user logs in to a project"),
	text("system_scope", Refuse, "the service user logs in to a project"),
	text("application_credential_id", Honour, asIs),
	text("application_credential_name", Honour, asIs),
	text("application_credential_secret", Honour, "a reference to the file"),
	text("identity_uri", Translate, "`auth_url`, where auth_type is missing"),
	text("auth_protocol", Translate, "a part of `auth_url`, where auth_type and identity_uri are missing").or("https"),
	text("auth_host", Translate, "a part of `auth_url`, where auth_type and identity_uri are missing").or("127.0.0.1"),
	option("auth_port", osloconf.Port, Translate, "a part of `auth_url`, where auth_type and identity_uri are missing").or("35357"),
	text("auth_admin_prefix", Translate, "a part of `auth_url`, where auth_type and identity_uri are missing"),
	text("admin_user", Translate, "`username` in the domain `default`, where auth_type is missing"),
	text("admin_password", Translate, "`password`, as a reference to the file, where auth_type is missing"),
	text("admin_tenant_name", Translate, "`project_name` in the domain `default`, where auth_type is missing").or("admin"),
	text("admin_token", Translate, "`admin_token`, as a reference to the file, where auth_type is missing"),
}

var pasteOptions = []Option{
	text("flavor", Honour, "`identity`: keystone, trusted-auth, or that of a pipeline of your own; missing: refused"),
	text("config_file", Honour, "where the pipelines are"),
}

// secret options never appear in messages, whatever is wrong with them.
var secret = map[osloconf.Name]bool{
	{Section: "database", Key: "connection"}:                      true,
	{Section: "database", Key: "slave_connection"}:                true,
	{Section: "database", Key: "connection_parameters"}:           true,
	{Section: tokenSection, Key: "password"}:                      true,
	{Section: tokenSection, Key: "admin_password"}:                true,
	{Section: tokenSection, Key: "admin_token"}:                   true,
	{Section: tokenSection, Key: "application_credential_secret"}: true,
	{Section: tokenSection, Key: "memcache_secret_key"}:           true,
	{Section: osloconf.Default, Key: "transport_url"}:             true,
	{Section: osloconf.Default, Key: "metadata_encryption_key"}:   true,
}
