package keystone

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/glancegate/glancegate/internal/legacytls"
)

// Defaults of the options.
const (
	defaultTimeout   = 10 * time.Second
	defaultRetries   = 3
	maxCacheTime     = 300 * time.Second
	defaultDomain    = "default"
	defaultTenant    = "admin" // of admin_tenant_name
	defaultServiceOf = "service"
)

// Resolve makes a Config of the options and reads the files that they name. An
// error names the option and what to do. The warnings are for the operator.
func (o Options) Resolve() (c Config, warnings []string, err error) {
	legacy := o.legacy()
	address := o.AuthURL
	if legacy {
		address = cmp.Or(o.AuthURL, o.IdentityURI)
	}
	if c.URL, warnings, err = parseURL(address); err != nil {
		return c, nil, err
	}
	if legacy {
		more, err := o.resolveLegacy(&c)
		if err != nil {
			return c, nil, err
		}
		warnings = append(warnings, more...)
	} else if err := o.resolveLogin(&c); err != nil {
		return c, nil, err
	} else if o.AdminUser != "" || o.AdminPassword != "" || o.AdminToken != "" || o.IdentityURI != "" {
		warnings = append(warnings, "identity_uri, admin_user, admin_password, admin_tenant_name and admin_token "+
			"are ignored, as newer options of the login are given; remove them")
	}
	if err := o.readFiles(&c); err != nil {
		return c, nil, err
	}
	if o.Insecure {
		warnings = append(warnings, "insecure: Keystone's certificate is not verified; anyone who can impersonate Keystone decides who is an admin")
	}
	if o.LegacyTLS {
		warnings = append(warnings, legacytls.Warning)
	}
	more, err := o.resolveTimes(&c)
	if err != nil {
		return c, nil, err
	}
	return c, append(warnings, more...), o.checkAuthenticateURI()
}

func (o *Options) readFiles(c *Config) (err error) {
	if o.KeyFile != "" && o.CertFile == "" {
		return errors.New("keyfile without certfile; name both, or neither")
	}
	for _, file := range []struct {
		name, path string
		into       *[]byte
	}{
		{"cafile", o.CAFile, &c.CAs},
		{"certfile", o.CertFile, &c.Certificate},
		// One file may hold both.
		{"keyfile", cmp.Or(o.KeyFile, o.CertFile), &c.Key},
	} {
		if file.path == "" {
			continue
		}
		if *file.into, err = os.ReadFile(file.path); err != nil {
			return optionError(file.name, err)
		}
	}
	c.Insecure, c.LegacyTLS = o.Insecure, o.LegacyTLS
	_, err = c.tls()
	return err
}

func (o *Options) resolveTimes(c *Config) (warnings []string, err error) {
	c.Timeout, c.Retries, c.CacheTime = defaultTimeout, defaultRetries, maxCacheTime
	if o.HTTPConnectTimeout < 0 {
		return nil, errors.New("http_connect_timeout must be at least 1, in seconds")
	}
	if o.HTTPConnectTimeout > 0 {
		c.Timeout = time.Duration(o.HTTPConnectTimeout) * time.Second
	}
	if o.HTTPRequestMaxRetries != nil {
		if c.Retries = *o.HTTPRequestMaxRetries; c.Retries < 0 {
			return nil, errors.New("http_request_max_retries must be at least 0")
		}
	}
	if o.TokenCacheTime != nil {
		if *o.TokenCacheTime < -1 {
			return nil, errors.New("token_cache_time must be at least -1, in seconds")
		}
		c.CacheTime = max(0, time.Duration(*o.TokenCacheTime)*time.Second)
	}
	if c.CacheTime > maxCacheTime {
		c.CacheTime = maxCacheTime
		warnings = append(warnings, "token_cache_time: tokens are remembered for 300 seconds at most")
	}
	return warnings, nil
}

// AuthenticateURI is where clients without a valid token log in.
func (o *Options) AuthenticateURI() string {
	if uri := cmp.Or(o.WWWAuthenticateURI, o.AuthURI, o.AuthURL); uri != "" {
		return uri
	}
	// The old service only used the host of the old option.
	u, err := url.Parse(o.IdentityURI)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func (o *Options) checkAuthenticateURI() error {
	if strings.ContainsFunc(o.AuthenticateURI(), func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\'' }) {
		return errors.New("www_authenticate_uri: a URI has no blanks, no quotes and no characters beyond ASCII; percent-encode them")
	}
	return nil
}

// ServiceRoles are the roles of services that may vouch for an expired token.
func (o *Options) ServiceRoles() []string {
	if len(o.ServiceTokenRoles) == 0 {
		return []string{defaultServiceOf}
	}
	return o.ServiceTokenRoles
}

func optionError(name string, err error) error { return fmt.Errorf("%s: %w", name, err) }

// parseURL takes the version off Keystone's address.
func parseURL(text string) (address string, warnings []string, err error) {
	if text == "" {
		return "", nil, errors.New("auth_url is missing; write the address of Keystone, such as https://keystone.example.com:5000")
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", nil, errors.New("auth_url must be an address like https://keystone.example.com:5000")
	}
	if u.User != nil {
		return "", nil, errors.New("auth_url has a user in it; write username and password as options of their own")
	}
	path := strings.TrimRight(u.Path, "/")
	if base, ok := strings.CutSuffix(path, "/v2.0"); ok {
		path = base
		warnings = append(warnings, "auth_url: the Identity API v2.0 is gone; v3 is used")
	}
	u.Path, u.RawPath = strings.TrimRight(strings.TrimSuffix(path, "/v3"), "/"), ""
	return u.String(), warnings, nil
}
