package keystone

// Options are settings by their names in the section [keystone_authtoken] of
// OpenStack's services.
//
// The names from the Identity API v2.0 are also supported: identity_uri, admin_user,
// admin_password, admin_tenant_name and admin_token. They only apply if neither
// auth_type nor any newer option of the login is given.
type Options struct {
	// Where Keystone is: `https://keystone.example.com:5000`, with or without
	// `/v3` at its end. Required.
	AuthURL string `json:"auth_url,omitempty"`

	// How to log in: `password`, `v3password` or `v3applicationcredential`.
	// Default: `password`.
	AuthType string `json:"auth_type,omitempty"`

	// The service user, who validates tokens, by name or by id. Required,
	// except with `application_credential_id`.
	Username string `json:"username,omitempty"`
	UserID   string `json:"user_id,omitempty"`

	// The password of the service user.
	Password string `json:"password,omitempty"`

	// The domain of the service user; the id wins. Default: the id `default`.
	UserDomainName string `json:"user_domain_name,omitempty"`
	UserDomainID   string `json:"user_domain_id,omitempty"`

	// The project of the service user; the id wins. Required for passwords.
	ProjectName string `json:"project_name,omitempty"`
	ProjectID   string `json:"project_id,omitempty"`

	// The domain of the project; the id wins. Default: the id `default`.
	ProjectDomainName string `json:"project_domain_name,omitempty"`
	ProjectDomainID   string `json:"project_domain_id,omitempty"`

	// The domain of user and project, where theirs is not given.
	DefaultDomainName string `json:"default_domain_name,omitempty"`
	DefaultDomainID   string `json:"default_domain_id,omitempty"`

	// The application credential: its id, or its name and the user.
	ApplicationCredentialID     string `json:"application_credential_id,omitempty"`
	ApplicationCredentialName   string `json:"application_credential_name,omitempty"`
	ApplicationCredentialSecret string `json:"application_credential_secret,omitempty"`

	// PEM file of the authorities that sign Keystone's certificate.
	// Default: those of the system.
	CAFile string `json:"cafile,omitempty"`

	// Client certificate towards Keystone, and its key. Default: none.
	CertFile string `json:"certfile,omitempty"`
	KeyFile  string `json:"keyfile,omitempty"`

	// Do not verify Keystone's certificate. Default: false.
	Insecure bool `json:"insecure,omitempty"`

	// Accept certificates with a common name only, RSA key exchange and TLS 1.0,
	// which are refused otherwise. Default: false.
	LegacyTLS bool `json:"legacy_tls,omitempty"`

	// Seconds that a request to Keystone may take. Validating a token takes at
	// most twice as long, with all repetitions. Default: 10.
	HTTPConnectTimeout int `json:"http_connect_timeout,omitempty"`

	// How often a request is repeated when Keystone can't be reached.
	// Default: 3.
	HTTPRequestMaxRetries *int `json:"http_request_max_retries,omitempty"`

	// Seconds that a valid token is remembered, at most 300: that long a
	// revoked token still works. 0 and -1: not at all. Default: 300.
	TokenCacheTime *int `json:"token_cache_time,omitempty"`

	// The address where clients without a valid token log in.
	// Default: `auth_uri`, else `auth_url`.
	WWWAuthenticateURI string `json:"www_authenticate_uri,omitempty"`

	// The old name of `www_authenticate_uri`, which wins.
	AuthURI string `json:"auth_uri,omitempty"`

	// Roles of services that may vouch for an expired token with their own, in
	// `X-Service-Token`. Default: `service`.
	ServiceTokenRoles []string `json:"service_token_roles,omitempty"`

	// Refuse service tokens that have none of these roles. Default: false.
	ServiceTokenRolesRequired bool `json:"service_token_roles_required,omitempty"`

	// Pass requests without a valid token on as anonymous ones, which
	// `allow_anonymous` then decides on. Default: false.
	DelayAuthDecision bool `json:"delay_auth_decision,omitempty"`

	// The old name of `auth_url`.
	IdentityURI string `json:"identity_uri,omitempty"`

	// The old names of `username` and `password`, in the domain `default`.
	AdminUser     string `json:"admin_user,omitempty"`
	AdminPassword string `json:"admin_password,omitempty"`

	// The old name of `project_name`, in the domain `default`.
	// Default: `admin`.
	AdminTenantName string `json:"admin_tenant_name,omitempty"`

	// A token to use instead of a login. It is not renewed.
	AdminToken string `json:"admin_token,omitempty"`
}

// Expand replaces every text by what f makes of it, an error names the option.
func (o *Options) Expand(f func(string) (string, error)) error {
	for _, option := range o.texts() {
		value, err := f(*option.value)
		if err != nil {
			return optionError(option.name, err)
		}
		*option.value = value
	}
	for n, role := range o.ServiceTokenRoles {
		value, err := f(role)
		if err != nil {
			return optionError("service_token_roles", err)
		}
		o.ServiceTokenRoles[n] = value
	}
	return nil
}

// Text is the field of a text option, by its name, or nil.
func (o *Options) Text(name string) *string {
	for _, option := range o.texts() {
		if option.name == name {
			return option.value
		}
	}
	return nil
}

type textOption struct {
	name  string
	value *string
}

func (o *Options) texts() []textOption {
	return append(o.loginTexts(), []textOption{
		{"auth_url", &o.AuthURL},
		{"cafile", &o.CAFile},
		{"certfile", &o.CertFile},
		{"keyfile", &o.KeyFile},
		{"www_authenticate_uri", &o.WWWAuthenticateURI},
		{"auth_uri", &o.AuthURI},
		{"identity_uri", &o.IdentityURI},
		{"admin_user", &o.AdminUser},
		{"admin_password", &o.AdminPassword},
		{"admin_tenant_name", &o.AdminTenantName},
		{"admin_token", &o.AdminToken},
	}...)
}

// loginTexts are the newer options of the login, but for auth_url.
func (o *Options) loginTexts() []textOption {
	return []textOption{
		{"auth_type", &o.AuthType},
		{"username", &o.Username},
		{"user_id", &o.UserID},
		{"password", &o.Password},
		{"user_domain_name", &o.UserDomainName},
		{"user_domain_id", &o.UserDomainID},
		{"project_name", &o.ProjectName},
		{"project_id", &o.ProjectID},
		{"project_domain_name", &o.ProjectDomainName},
		{"project_domain_id", &o.ProjectDomainID},
		{"default_domain_name", &o.DefaultDomainName},
		{"default_domain_id", &o.DefaultDomainID},
		{"application_credential_id", &o.ApplicationCredentialID},
		{"application_credential_name", &o.ApplicationCredentialName},
		{"application_credential_secret", &o.ApplicationCredentialSecret},
	}
}
