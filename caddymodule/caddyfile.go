package caddymodule

import (
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/caddyconfig/httpcaddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/glancegate/glancegate/compat"
)

func init() {
	httpcaddyfile.RegisterGlobalOption("glance_registry", parseGlobalOption)
	httpcaddyfile.RegisterHandlerDirective("glance_registry", parseHandler)
	httpcaddyfile.RegisterDirectiveOrder("glance_registry", httpcaddyfile.Before, "reverse_proxy")
}

// parseHandler reads the directive in a site.
func parseHandler(h httpcaddyfile.Helper) (caddyhttp.MiddlewareHandler, error) {
	handler := new(Handler)
	return handler, handler.UnmarshalCaddyfile(h.Dispenser)
}

// parseGlobalOption reads the global option, which has the same block.
func parseGlobalOption(d *caddyfile.Dispenser, earlier any) (any, error) {
	if earlier != nil {
		d.Next()
		return nil, d.Err("the global option glance_registry is already set; merge the two blocks")
	}
	app := new(App)
	if err := app.UnmarshalCaddyfile(d); err != nil {
		return nil, err
	}
	return httpcaddyfile.App{Name: "glance_registry", Value: caddyconfig.JSON(app, nil)}, nil
}

// UnmarshalCaddyfile sets up the settings of a handler, or the global ones.
//
//	glance_registry {
//		database <url> {
//			max_connections <number>
//			prepare [on|off]
//			sql_mode <modes>
//			read_only
//			create
//			allow_unknown_schema
//		}
//		demo
//
//		identity none [unsafe]
//		identity trusted {
//			from               <cidr|unix...>
//			client_certificate <name...>
//		}
//		identity keystone {
//			from               <cidr|unix...>
//			client_certificate <name...>
//			auth_url           <url>
//			...                              # see KeystoneIdentity
//		}
//		admin_role      <role>
//		policy_file <path> {
//			dirs         <path...>
//			default_rule <rule>
//		}
//		owner_is_tenant [on|off|true|false]
//		allow_anonymous [on|off]
//		harden          [on|off]
//		compatible_with mitaka|newton|ocata|pike|queens|rocky|stein|train
//
//		pass_through [on|off]
//		images_v1 <glance-api URL> {
//			policy_file    <path>
//			copy_from      [on|off]
//			max_size       <size>
//			property_quota <number>
//			member_quota   <number>
//			location_quota <number>
//		}
//		v1           [on|off]
//		rpc          [on|off]
//		share_port   [on|off]
//		limits {
//			request      <duration>
//			default_page <number>
//			max_page     <number>
//			request_id   <number>
//			body_v1      <size>
//			body_rpc     <size>
//			rpc_commands <number>
//			rpc_depth    <number>
//			rpc_page     <number>
//			answers      <size>
//		}
//		healthcheck      <path>|off
//		healthcheck_file <path>
//
//		cache off
//		cache {
//			size      <size>
//			ttl       <duration>
//			changes   [<url>]
//			redis     <url>
//			key       <secret>
//			namespace <name>
//			debug_header
//		}
//
//		census {
//			file  <path>
//			keep  <duration>
//			names [on|off]
//		}
//
//		retire [dry-run] {
//			deprecated   <date>
//			sunset       <date>
//			after_sunset serve|reads [<duration>]|nothing
//			link         <url>
//			contact      <text>
//			brownout     <time> <duration>                # may be repeated
//			brownout     weekly <day> <time> <duration>
//			share        <percentage>
//			status       503|410
//			exempt       <cidr|unix...>
//		}
//
//		shadow <url> {
//			serve   old|new
//			samples <number>
//		}
//	}
//
// Strings may have placeholders like {env.NAME} and {file./path}, which are
// replaced when the module is provisioned.
func (s *Settings) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	if d.NextArg() {
		return d.Errf("glance_registry takes no argument; write %q inside its block", d.Val())
	}
	return settingsGrammar.block(d, "glance_registry", s)
}

var settingsGrammar = grammar[Settings]{
	"database":         parseDatabase,
	"demo":             flag(func(s *Settings) *bool { return &s.Demo }),
	"identity":         parseIdentity,
	"admin_role":       text("role", func(s *Settings) *string { return &s.AdminRole }),
	"owner_is_tenant":  toggle(func(s *Settings) **bool { return &s.OwnerIsTenant }),
	"policy_file":      parsePolicy,
	"allow_anonymous":  toggle(func(s *Settings) **bool { return &s.AllowAnonymous }),
	"harden":           toggle(func(s *Settings) **bool { return &s.Harden }),
	"compatible_with":  parseRelease,
	"pass_through":     toggle(func(s *Settings) **bool { return &s.PassThrough }),
	"images_v1":        parseImagesV1,
	"v1":               toggle(func(s *Settings) **bool { return &s.V1 }),
	"rpc":              toggle(func(s *Settings) **bool { return &s.RPC }),
	"share_port":       toggle(func(s *Settings) **bool { return &s.SharePort }),
	"limits":           parseLimits,
	"healthcheck":      parseHealthcheck,
	"healthcheck_file": text("path", func(s *Settings) *string { return &s.HealthcheckFile }),
	"cache":            parseCache,
	"census":           parseCensus,
	"retire":           parseRetire,
	"shadow":           parseShadow,
}

var limitsGrammar = grammar[Limits]{
	"request":      duration(func(l *Limits) *caddy.Duration { return &l.Request }),
	"default_page": number(1, func(l *Limits) *int { return &l.DefaultPage }),
	"max_page":     number(1, func(l *Limits) *int { return &l.MaxPage }),
	"request_id":   number(1, func(l *Limits) *int { return &l.RequestID }),
	"body_v1":      size(func(l *Limits) *int64 { return &l.BodyV1 }),
	"body_rpc":     size(func(l *Limits) *int64 { return &l.BodyRPC }),
	"rpc_commands": number(1, func(l *Limits) *int { return &l.RPCCommands }),
	"rpc_depth":    number(1, func(l *Limits) *int { return &l.RPCDepth }),
	"rpc_page":     number(1, func(l *Limits) *int { return &l.RPCPage }),
	"answers":      size(func(l *Limits) *int64 { return &l.Answers }),
}

var databaseGrammar = grammar[Database]{
	"max_connections":      number(1, func(b *Database) *int { return &b.MaxConnections }),
	"prepare":              toggle(func(b *Database) **bool { return &b.Prepare }),
	"sql_mode":             parseSQLMode,
	"read_only":            flag(func(b *Database) *bool { return &b.ReadOnly }),
	"create":               flag(func(b *Database) *bool { return &b.Create }),
	"allow_unknown_schema": flag(func(b *Database) *bool { return &b.AllowUnknownSchema }),
}

func parseDatabase(d *caddyfile.Dispenser, s *Settings) error {
	s.Database = new(Database)
	if !d.AllArgs(&s.Database.URL) || s.Database.URL == "" {
		return usage(d, "database <url>")
	}
	return databaseGrammar.block(d, "database", s.Database)
}

// parseSQLMode also accepts an empty text, which means no mode.
func parseSQLMode(d *caddyfile.Dispenser, b *Database) error {
	b.SQLMode = new(string)
	if !d.AllArgs(b.SQLMode) {
		return usage(d, "sql_mode <modes>")
	}
	return nil
}

func parseLimits(d *caddyfile.Dispenser, s *Settings) error {
	if d.NextArg() {
		return usage(d, "limits { ... }")
	}
	return limitsGrammar.block(d, "limits", &s.Limits)
}

func parseHealthcheck(d *caddyfile.Dispenser, s *Settings) error {
	if !d.AllArgs(&s.Healthcheck) || s.Healthcheck != "off" && !strings.HasPrefix(s.Healthcheck, "/") {
		return usage(d, "healthcheck <path>|off")
	}
	return nil
}

func parseRelease(d *caddyfile.Dispenser, s *Settings) error {
	if !d.AllArgs(&s.CompatibleWith) || !slices.Contains(compat.Names, s.CompatibleWith) {
		return usage(d, "compatible_with "+strings.Join(compat.Names, "|"))
	}
	return nil
}

// Interface guards
var (
	_ caddyfile.Unmarshaler = (*Handler)(nil)
	_ caddyfile.Unmarshaler = (*App)(nil)
)
