package caddymodule

import (
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/identity/keystone"
)

var keystoneGrammar = makeKeystoneGrammar()

func makeKeystoneGrammar() grammar[KeystoneIdentity] {
	g := peersGrammar(func(k *KeystoneIdentity) *Peers { return &k.Peers })
	for name, what := range map[string]string{
		"auth_url":                      "url",
		"auth_type":                     "type",
		"username":                      "name",
		"user_id":                       "id",
		"password":                      "password",
		"user_domain_name":              "name",
		"user_domain_id":                "id",
		"project_name":                  "name",
		"project_id":                    "id",
		"project_domain_name":           "name",
		"project_domain_id":             "id",
		"default_domain_name":           "name",
		"default_domain_id":             "id",
		"application_credential_id":     "id",
		"application_credential_name":   "name",
		"application_credential_secret": "secret",
		"cafile":                        "path",
		"certfile":                      "path",
		"keyfile":                       "path",
		"www_authenticate_uri":          "url",
		"auth_uri":                      "url",
		"identity_uri":                  "url",
		"admin_user":                    "name",
		"admin_password":                "password",
		"admin_tenant_name":             "name",
		"admin_token":                   "token",
	} {
		g[name] = text(what, func(k *KeystoneIdentity) *string { return k.Options.Text(name) })
	}
	g["insecure"] = flag(func(k *KeystoneIdentity) *bool { return &k.Insecure })
	g["legacy_tls"] = flag(func(k *KeystoneIdentity) *bool { return &k.LegacyTLS })
	g["service_token_roles_required"] = flag(func(k *KeystoneIdentity) *bool { return &k.ServiceTokenRolesRequired })
	g["delay_auth_decision"] = flag(func(k *KeystoneIdentity) *bool { return &k.DelayAuthDecision })
	g["service_token_roles"] = texts("role", func(k *KeystoneIdentity) *[]string { return &k.ServiceTokenRoles })
	g["http_connect_timeout"] = number(1, func(k *KeystoneIdentity) *int { return &k.HTTPConnectTimeout })
	g["http_request_max_retries"] = optionalNumber(0, func(o *keystone.Options) **int { return &o.HTTPRequestMaxRetries })
	g["token_cache_time"] = optionalNumber(-1, func(o *keystone.Options) **int { return &o.TokenCacheTime })
	g["redis"] = parseTokenRedis
	return g
}

// optionalNumber is a number that differs from the default even if it is zero.
func optionalNumber(minimum int, field func(*keystone.Options) **int) parser[KeystoneIdentity] {
	return func(d *caddyfile.Dispenser, k *KeystoneIdentity) error {
		n, err := wholeNumber(d, minimum)
		if err == nil {
			*field(&k.Options) = &n
		}
		return err
	}
}
