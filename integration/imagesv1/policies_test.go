package imagesv1

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ruledSite is a site with a policy file, whose rules are about domains, which Keystone
// tells, and about the image.
func (p *place) ruledSite(t testing.TB) string {
	t.Helper()
	const rules = `{
	"default": "",
	"get_images": "user_domain_id:default",
	"add_image": "project_domain_id:default and tenant:t-own",
	"modify_image": "user_domain_id:elsewhere",
	"delete_image": "user_domain_id:default and not domain_id:None",
	"download_image": "rule:owner or 'Linux':%(os_type)s and 'active':%(status)s",
	"owner": "tenant:%(owner)s",
	"add_member": "rule:owner"
}`
	path := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(path, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	return p.site(p.db, p.glance.BaseURL, "harden", "", "policy_file "+path)
}

// policies decide by what Keystone tells of a token, and about data by the image.
func (p *place) policies(t *testing.T) {
	owner, other := *p, *p
	owner.url, other.url = p.ruled, p.ruled
	other.token = p.people["other"].Token(t)
	path := owner.queued(t) // the rule add_image passes
	owner.send(t, owner.request(t, "PUT", path, strings.NewReader("hello"), "Content-Type: application/octet-stream")).expect(t, http.StatusForbidden)
	p.send(t, p.request(t, "PUT", path, strings.NewReader("hello"), "Content-Type: application/octet-stream")).expect(t, http.StatusOK)
	p.call(t, "PUT", path+"/members/"+p.people["other"].Project).expect(t, http.StatusNoContent)

	other.call(t, "POST", "/v1/images", withFormats...).expect(t, http.StatusForbidden)
	owner.call(t, "DELETE", path).expect(t, http.StatusForbidden)
	other.call(t, "GET", "/v1/images").expect(t, http.StatusOK)
	other.call(t, "HEAD", path).expect(t, http.StatusOK)

	owner.call(t, "GET", path).expect(t, http.StatusOK)
	other.call(t, "GET", path).expect(t, http.StatusForbidden)
	p.call(t, "PUT", path, "x-image-meta-property-os_type: Linux").expect(t, http.StatusOK)
	other.call(t, "GET", path).expect(t, http.StatusOK)

	// Where there is no image, no rule can match by it.
	owner.call(t, "GET", path+"0").expect(t, http.StatusForbidden)
	owner.call(t, "HEAD", path+"0").expect(t, http.StatusNotFound)
	p.call(t, "DELETE", path).expect(t, http.StatusOK)
}
