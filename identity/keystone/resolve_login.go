package keystone

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
)

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
		return []string{"admin_token: Keystone has not had such tokens since Ocata, and it is not renewed; " +
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
