package glanceconf

import "github.com/glancegate/glancegate/glanceconf/internal/osloconf"

const (
	ofAPI     = "belongs to glance-api"
	ofProcess = "one process uses all cores"
	ofLogs    = "Caddy has a log format of its own"
)

// sections are the options by their sections, in the order of registry-config.md.
var sections = []struct {
	name    string
	options []Option
}{
	{osloconf.Default, listenOptions},
	{osloconf.Default, servedOptions},
	{osloconf.Default, callerOptions},
	{osloconf.Default, logOptions},
	{osloconf.Default, apiOptions},
	{"oslo_policy", policyOptions},
	{"database", databaseOptions},
	{tokenSection, middlewareOptions},
	{tokenSection, loginOptions},
	{"paste_deploy", pasteOptions},
	{"oslo_middleware", []Option{
		integer("max_request_body_size", Translate, "`body_v1` and `body_rpc` in `limits`, where sizelimit is in the pipeline").or("114688"),
	}},
	{"profiler", []Option{
		boolean("enabled", Warn, "there is no profiler").was("profiler_enabled"),
		boolean("trace_sqlalchemy", Ignore, "there is no profiler"),
		boolean("trace_wsgi_transport", Ignore, "there is no profiler"),
		text("hmac_keys", Ignore, "there is no profiler"),
		text("connection_string", Ignore, "there is no profiler"),
	}},
}

var listenOptions = []Option{
	text("bind_host", Honour, "the address of the site").or("0.0.0.0"),
	option("bind_port", osloconf.Port, Honour, "the port of the site, 9191 by default"),
	integer("backlog", Ignore, "the kernel's limit, net.core.somaxconn, counts"),
	integer("tcp_keepidle", Translate, "`keepalive_idle` of the server"),
	text("cert_file", Honour, "`tls` of the site, together with key_file"),
	text("key_file", Honour, "`tls` of the site, together with cert_file"),
	text("ca_file", Honour, "`client_auth` of the site: clients need a certificate"),
	boolean("use_ssl", Warn, "is no option of glance-registry: TLS is on where cert_file and key_file are set"),
	integer("workers", Ignore, ofProcess),
	boolean("http_keepalive", Translate, "off: connections are closed behind each answer").or("true"),
	integer("client_socket_timeout", Translate, "`timeouts` of the server"),
	integer("graceful_shutdown_timeout", Translate, "`grace_period`; 0, no end, becomes a day; 30 seconds where it is missing"),
	integer("max_header_line", Translate, "`max_header_size` of the server, for all headers together"),
	text("secure_proxy_ssl_header", Ignore, "the registry makes no URLs"),
	text("digest_algorithm", Ignore, "Caddy compares the key with the certificate"),
	text("pipe_handle", Ignore, ofProcess),
	text("config_source", Refuse, "fetch the files and name them in GLANCE_REGISTRY_CONFIG"),
}

var servedOptions = []Option{
	boolean("enable_v1_registry", Honour, "`v1`").or("true"),
	boolean("enable_v2_registry", Honour, "`rpc`").or("true"),
	boolean("enable_v1_api", Ignore, ofAPI),
	boolean("enable_v2_api", Ignore, ofAPI),
	integer("limit_param_default", Honour, "`default_page` in `limits`").or("25"),
	integer("api_limit_max", Honour, "`max_page` in `limits`").or("1000"),
	text("data_api", Refuse, "anything but the database itself; the default is fine").or(databaseAPI),
	list("allowed_rpc_exception_modules", Warn, "the exceptions of registry v2 are those of the default"),
}

const databaseAPI = "glance.db.sqlalchemy.api"

var callerOptions = []Option{
	boolean("owner_is_tenant", Honour, "`owner_is_tenant`").or("true"),
	text("admin_role", Honour, "`admin_role`").or("admin"),
	boolean("allow_anonymous_access", Honour, "`allow_anonymous`").or("false"),
	integer("max_request_id_length", Translate, "`request_id` in `limits`; 0, no limit, becomes 65536").or("64"),
}

var logOptions = []Option{
	boolean("debug", Translate, "level DEBUG of Caddy's log").or("false"),
	boolean("verbose", Translate, "off, to Ocata: level WARN of Caddy's log").or("true"),
	text("log_file", Translate, "the file of the log, which is made again when logrotate has moved it away").was("logfile"),
	text("log_dir", Translate, "the folder of that file").was("logdir"),
	text("log_config_append", Warn, "is a configuration of Python's logging, and replaced all other log options").was("log_config", "log-config"),
	boolean("use_syslog", Warn, "Caddy writes to standard error or to log_file; let the service manager pass it on"),
	text("syslog_log_facility", Ignore, ofLogs),
	boolean("use_syslog_rfc_format", Ignore, ofLogs),
	boolean("use_journal", Ignore, "the journal has what a service writes to standard error"),
	boolean("use_json", Ignore, "Caddy logs JSON where its output is no terminal"),
	boolean("use_eventlog", Warn, ofLogs),
	text("log_rotate_interval", Ignore, ofLogs),
	text("log_rotate_interval_type", Ignore, ofLogs),
	text("max_logfile_count", Ignore, ofLogs),
	text("max_logfile_size_mb", Ignore, ofLogs),
	text("log_rotation_type", Warn, "let logrotate do it"),
	boolean("use_stderr", Translate, "Caddy logs to standard error unless log_file is set"),
	boolean("watch_log_file", Ignore, "the file is always made again when it has been moved away"),
	text("logging_context_format_string", Warn, ofLogs),
	text("logging_default_format_string", Warn, ofLogs),
	text("logging_debug_format_suffix", Ignore, ofLogs),
	text("logging_exception_prefix", Ignore, ofLogs),
	text("logging_user_identity_format", Ignore, ofLogs),
	text("log_date_format", Ignore, ofLogs),
	text("log_format", Ignore, ofLogs),
	text("default_log_levels", Ignore, ofLogs),
	text("publish_errors", Ignore, ofLogs),
	text("instance_format", Ignore, ofLogs),
	text("instance_uuid_format", Ignore, ofLogs),
	text("fatal_deprecations", Ignore, ofLogs),
	text("rate_limit_burst", Ignore, ofLogs),
	text("rate_limit_except_level", Ignore, ofLogs),
	text("rate_limit_interval", Ignore, ofLogs),
}

// apiOptions never had an effect on the registry, but stand in its files.
var apiOptions = []Option{
	text("metadata_encryption_key", Ignore, "locations are encrypted and decrypted by glance-api; the registry stores what it gets"),
	text("user_storage_quota", Ignore, ofAPI),
	text("image_size_cap", Ignore, ofAPI),
	text("image_member_quota", Ignore, ofAPI),
	text("image_property_quota", Ignore, ofAPI),
	text("image_tag_quota", Ignore, ofAPI),
	text("image_location_quota", Ignore, ofAPI),
	text("allow_additional_image_properties", Ignore, ofAPI),
	text("show_image_direct_url", Ignore, ofAPI),
	text("show_multiple_locations", Ignore, ofAPI),
	text("location_strategy", Ignore, ofAPI),
	text("node_staging_uri", Ignore, ofAPI),
	text("enable_image_import", Ignore, ofAPI),
	text("enabled_import_methods", Ignore, ofAPI),
	text("hashing_algorithm", Ignore, ofAPI),
	text("enabled_backends", Ignore, ofAPI),
	text("cache_prefetcher_interval", Ignore, ofAPI),
	text(protectionOption, Warn, ofProtections),
	text("registry_host", Ignore, ofAPI),
	text("registry_port", Ignore, ofAPI),
	text("registry_client_protocol", Ignore, ofAPI),
	text("registry_client_key_file", Ignore, ofAPI),
	text("registry_client_cert_file", Ignore, ofAPI),
	text("registry_client_ca_file", Ignore, ofAPI),
	text("registry_client_insecure", Ignore, ofAPI),
	text("registry_client_timeout", Ignore, ofAPI),
	text("use_user_token", Ignore, ofAPI),
	text("send_identity_headers", Ignore, ofAPI),
	text("auth_strategy", Ignore, ofAPI),
	text("auth_region", Ignore, ofAPI),
	text("default_store", Ignore, ofAPI),
	text("filesystem_store_datadir", Ignore, ofAPI),
	text("os_region_name", Ignore, ofAPI),
	text("use_forwarded_for", Ignore, ofAPI),
	text("default_publisher_id", Ignore, "the registry sends no notifications"),
	text("disabled_notifications", Ignore, "the registry sends no notifications"),
	text("notification_driver", Ignore, "the registry sends no notifications"),
	text("rpc_backend", Ignore, "the registry has no message queue"),
	text("transport_url", Ignore, "the registry has no message queue"),
	text("control_exchange", Ignore, "the registry has no message queue"),
	text("lock_path", Ignore, ofProcess),
	text("host", Ignore, ofProcess),
	text("pydev_worker_debug_host", Warn, "there is no Python debugger"),
	text("pydev_worker_debug_port", Warn, "there is no Python debugger"),
}
