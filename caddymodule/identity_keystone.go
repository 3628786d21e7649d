package caddymodule

import (
	"errors"
	"fmt"
	"slices"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/caddymodule/internal/keystones"
	"github.com/glancegate/glancegate/caddymodule/internal/metric"
	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/caddymodule/internal/share"
	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/identity/keystone"
)

func init() {
	caddy.RegisterModule(KeystoneIdentity{})
}

// KeystoneIdentity asks Keystone about the token of a request, as the keystone
// flavour of the old registry did. The options have the names that they have in
// the section [keystone_authtoken]. Write secrets as `{env.NAME}` or
// `{file./path}`, so that they do not get into Caddy's configuration.
//
// Identity headers of the request do not count. Default peers: everybody.
type KeystoneIdentity struct {
	Peers
	keystone.Options

	// A Redis in which gateways share the results of token validations. Default:
	// every gateway validates tokens itself.
	Redis *TokenRedis `json:"redis,omitempty"`

	resolved  keystone.Options // without placeholders
	validator *keystones.Validator
	key       share.Key
}

// CaddyModule returns the Caddy module information.
func (KeystoneIdentity) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "glance_registry.identity.keystone",
		New: func() caddy.Module { return new(KeystoneIdentity) },
	}
}

// Provision sets up k. It does not connect to Keystone.
func (k *KeystoneIdentity) Provision(ctx caddy.Context) error {
	if err := k.Peers.provision(); err != nil {
		return err
	}
	if err := k.Peers.validate(ctx); err != nil {
		return err
	}
	k.resolved = k.Options
	k.resolved.ServiceTokenRoles = slices.Clone(k.ServiceTokenRoles)
	if err := k.resolved.Expand(placeholder.Expand); err != nil {
		return err
	}
	config, warnings, err := k.resolved.Resolve()
	if err != nil {
		return err
	}
	store, err := k.Redis.resolve()
	if err != nil {
		return fmt.Errorf("redis: %w", err)
	}
	for _, w := range warnings {
		ctx.Logger().Warn(w)
	}
	if err := metric.Register(ctx.GetMetricsRegistry(), keystones.Collectors...); err != nil {
		return fmt.Errorf("registering metrics: %w", err)
	}
	k.validator, k.key, err = keystones.Acquire(config, store)
	return err
}

// Cleanup releases the validator. Requests in flight can still use it.
func (k *KeystoneIdentity) Cleanup() error {
	if k.validator != nil {
		keystones.Release(k.key)
	}
	return nil
}

// UnmarshalCaddyfile sets up the module from Caddyfile tokens.
//
//	identity keystone {
//		from               <cidr|unix...>
//		client_certificate <name...>
//
//		auth_url            <url>
//		auth_type           password|v3password|v3applicationcredential
//		username            <name>
//		user_id             <id>
//		password            <password>
//		user_domain_name    <name>
//		user_domain_id      <id>
//		project_name        <name>
//		project_id          <id>
//		project_domain_name <name>
//		project_domain_id   <id>
//		default_domain_name <name>
//		default_domain_id   <id>
//		application_credential_id     <id>
//		application_credential_name   <name>
//		application_credential_secret <secret>
//
//		cafile   <path>
//		certfile <path>
//		keyfile  <path>
//		insecure
//
//		http_connect_timeout     <seconds>
//		http_request_max_retries <number>
//		token_cache_time         <seconds>
//		redis <url> {
//			key <secret>
//		}
//
//		www_authenticate_uri         <url>
//		auth_uri                     <url>
//		service_token_roles          <role...>
//		service_token_roles_required
//		delay_auth_decision
//
//		identity_uri      <url>
//		admin_user        <name>
//		admin_password    <password>
//		admin_tenant_name <name>
//		admin_token       <token>
//	}
func (k *KeystoneIdentity) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	if d.NextArg() {
		return usage(d, "identity keystone { ... }")
	}
	return keystoneGrammar.block(d, "identity keystone", k)
}

func (k *KeystoneIdentity) identifier(rules identityRules) identity.Identifier {
	return &keystone.Identifier{
		Rules:                rules.Rules,
		Peers:                k.peers,
		Validator:            k.validator.Validator,
		AuthenticateURI:      k.resolved.AuthenticateURI(),
		ServiceRoles:         k.resolved.ServiceRoles(),
		ServiceRolesRequired: k.ServiceTokenRolesRequired,
		Delay:                k.DelayAuthDecision,
		Release:              rules.release,
	}
}

// Interface guards
var (
	_ caddy.Provisioner     = (*KeystoneIdentity)(nil)
	_ caddy.CleanerUpper    = (*KeystoneIdentity)(nil)
	_ caddyfile.Unmarshaler = (*KeystoneIdentity)(nil)
	_ identitySource        = (*KeystoneIdentity)(nil)
)

// TokenRedis is a Redis for the results of token validations.
type TokenRedis struct {
	// Where it is: `redis://`, `rediss://`, `redis+sentinel://` or
	// `redis+cluster://`. Required.
	URL string `json:"url"`

	// The secret that seals the values and hides the tokens, with at least 16
	// characters, the same on all gateways. Required.
	Key string `json:"key"`
}

// resolve replaces placeholders and checks the settings. Without a Redis the result is
// empty.
func (r *TokenRedis) resolve() (resolved keystones.Redis, err error) {
	if r == nil {
		return resolved, nil
	}
	if resolved.URL, err = placeholder.Expand(r.URL); err != nil {
		return resolved, err
	}
	if resolved.Key, err = placeholder.Expand(r.Key); err != nil {
		return resolved, fmt.Errorf("key: %w", err)
	}
	if resolved.URL == "" {
		return resolved, errors.New("the URL is missing")
	}
	if resolved.Key == "" {
		return resolved, errors.New("key is missing: the stored values decide who a caller is; " +
			"write a secret as {env.NAME} or {file./path}, the same for all gateways")
	}
	return resolved, resolved.Check()
}

var tokenRedisGrammar = grammar[TokenRedis]{
	"key": text("secret", func(r *TokenRedis) *string { return &r.Key }),
}

func parseTokenRedis(d *caddyfile.Dispenser, k *KeystoneIdentity) error {
	k.Redis = new(TokenRedis)
	if !d.AllArgs(&k.Redis.URL) || k.Redis.URL == "" {
		return usage(d, "redis <url>")
	}
	return tokenRedisGrammar.block(d, "redis", k.Redis)
}
