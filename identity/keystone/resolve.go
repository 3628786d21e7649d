package keystone

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
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
		warnings = append(warnings, "insecure: Keystone's certificate is not verified; whoever poses as Keystone decides who is an admin")
	}
	more, err := o.resolveTimes(&c)
	if err != nil {
		return c, nil, err
	}
	return c, append(warnings, more...), o.checkAuthenticateURI()
}

// legacy reports whether the login is one of the time of the Identity API v2.0.
func (o *Options) legacy() bool {
	for _, option := range o.loginTexts() {
		if *option.value != "" {
			return false
		}
	}
	return o.AdminUser != "" || o.AdminPassword != "" || o.AdminToken != "" || o.AdminTenantName != "" || o.IdentityURI != ""
}

func (o *Options) resolveLegacy(c *Config) (warnings []string, err error) {
	if o.AdminToken != "" {
		c.Token = o.AdminToken
		return []string{"admin_token: Keystone has had no such token since Ocata, and it is not renewed; " +
			"use username, password and project_name"}, nil
	}
	if o.AdminUser == "" || o.AdminPassword == "" {
		return nil, errors.New("username and password are missing (admin_user and admin_password, their old names, " +
			"are not both there either); name a user that may validate tokens")
	}
	c.Login = tokens.AuthOptions{
		Username: o.AdminUser, Password: o.AdminPassword, DomainID: defaultDomain,
		Scope: tokens.Scope{ProjectName: cmp.Or(o.AdminTenantName, defaultTenant), DomainID: defaultDomain},
	}
	return []string{"identity_uri and admin_... are names of the Identity API v2.0, which is gone; the login is " +
		"done with v3, user and project in the domain with the id `default`"}, nil
}

func (o *Options) resolveLogin(c *Config) error {
	switch o.AuthType {
	case "", "password", "v3password":
		return o.resolvePassword(c)
	case "v3applicationcredential":
		return o.resolveApplicationCredential(c)
	}
	return fmt.Errorf("auth_type: %q is not supported; use password or v3applicationcredential", o.AuthType)
}

func (o *Options) resolvePassword(c *Config) error {
	if o.ApplicationCredentialID != "" || o.ApplicationCredentialName != "" || o.ApplicationCredentialSecret != "" {
		return errors.New("application_credential_...: needs auth_type v3applicationcredential")
	}
	if o.Username == "" && o.UserID == "" {
		return errors.New("username is missing; name a user that may validate tokens")
	}
	if o.Password == "" {
		return errors.New("password is missing; write it as {env.NAME} or {file./path}")
	}
	if o.ProjectName == "" && o.ProjectID == "" {
		return errors.New("project_name is missing; name the project in which the user may validate tokens, often `service`")
	}
	c.Login = tokens.AuthOptions{Password: o.Password}
	o.setUser(&c.Login)
	if o.ProjectID != "" {
		c.Login.Scope.ProjectID = o.ProjectID
		return nil
	}
	c.Login.Scope.ProjectName = o.ProjectName
	c.Login.Scope.DomainID, c.Login.Scope.DomainName = o.domain(o.ProjectDomainID, o.ProjectDomainName)
	return nil
}

func (o *Options) resolveApplicationCredential(c *Config) error {
	if o.ApplicationCredentialSecret == "" {
		return errors.New("application_credential_secret is missing; write it as {env.NAME} or {file./path}")
	}
	c.Login = tokens.AuthOptions{
		ApplicationCredentialID:     o.ApplicationCredentialID,
		ApplicationCredentialSecret: o.ApplicationCredentialSecret,
	}
	if o.ApplicationCredentialID != "" {
		return nil
	}
	if o.ApplicationCredentialName == "" || o.Username == "" && o.UserID == "" {
		return errors.New("application_credential_id is missing; give it, or application_credential_name and username")
	}
	c.Login.ApplicationCredentialName = o.ApplicationCredentialName
	o.setUser(&c.Login)
	return nil
}

func (o *Options) setUser(login *tokens.AuthOptions) {
	if o.UserID != "" {
		login.UserID = o.UserID
		return
	}
	login.Username = o.Username
	login.DomainID, login.DomainName = o.domain(o.UserDomainID, o.UserDomainName)
}

// domain is the id or the name of a domain, but not both.
func (o *Options) domain(id, name string) (string, string) {
	switch {
	case id != "":
		return id, ""
	case name != "":
		return "", name
	case o.DefaultDomainID != "":
		return o.DefaultDomainID, ""
	case o.DefaultDomainName != "":
		return "", o.DefaultDomainName
	}
	return defaultDomain, ""
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
	c.Insecure = o.Insecure
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

// AuthenticateURI is what clients without a valid token are told.
func (o *Options) AuthenticateURI() string {
	if uri := cmp.Or(o.WWWAuthenticateURI, o.AuthURI, o.AuthURL); uri != "" {
		return uri
	}
	// Of the old name the old service took the host only.
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

func optionError(name string, err error) error { return fmt.Errorf("%s: %w", name, err) }
