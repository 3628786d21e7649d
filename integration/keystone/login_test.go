package keystone

import (
	"fmt"
	"testing"

	"github.com/glancegate/glancegate/integration"
	"github.com/glancegate/glancegate/integration/keystonetest"
)

// Every way for the service user to log in.
func TestLogins(t *testing.T) {
	cloud := keystonetest.New(t)
	service := cloud.User(t, "service")
	id, secret := service.ApplicationCredential(t, nil)
	token := cloud.User(t, "member").Token(t)
	for name, options := range map[string]string{
		"names": fmt.Sprintf("auth_url %s/v3\nauth_type v3password\nusername %s\nuser_domain_name Default\npassword %q\nproject_name %s\nproject_domain_id default",
			cloud.URL, service.Name, service.Password, service.ProjectName),
		"ids": fmt.Sprintf("auth_url %s/\nuser_id %s\npassword %q\nproject_id %s", cloud.URL, service.ID, service.Password, service.Project),
		"one domain": fmt.Sprintf("auth_url %s\nusername %s\npassword %q\nproject_name %s\ndefault_domain_name Default",
			cloud.URL, service.Name, service.Password, service.ProjectName),
		"application credential": fmt.Sprintf("auth_url %s\nauth_type v3applicationcredential\napplication_credential_id %s\napplication_credential_secret %s",
			cloud.URL, id, secret),
		"names of v2.0": fmt.Sprintf("identity_uri %s/v2.0\nadmin_user %s\nadmin_password %q\nadmin_tenant_name %s",
			cloud.URL, service.Name, service.Password, service.ProjectName),
		"a token": fmt.Sprintf("identity_uri %s\nadmin_token %s", cloud.URL, service.Token(t)),
	} {
		t.Run(name, func(t *testing.T) {
			g := &gateway{t: t, cloud: cloud}
			g.url = integration.StartGateway(t, fmt.Sprintf("glance_registry {\ndatabase sqlite:///%s/glance.sqlite\ndemo\nidentity keystone {\n%s\n}\n}\n",
				t.TempDir(), options))
			g.get(token).expect(t, "valid", 200)
			g.get("nonsense").expect(t, "invalid", 401)
		})
	}
}
