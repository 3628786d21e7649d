package caddymodule

import (
	"fmt"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/identity"
	"github.com/glancegate/glancegate/internal/policy"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/imagesv1"
)

// imagesRules are those that the Images API v1 asks (public-images-api-v1.md,
// 12.1).
var imagesRules = []string{
	"get_images", "get_image", "download_image", "add_image", "modify_image", "delete_image", "publicize_image", "copy_from",
	"upload_image", "set_image_location", "get_members", "modify_member", "delete_member",
}

// imagesPolicy is the rules of the old glance-api.
type imagesPolicy map[string]*policy.Rule

// policy reads the rules; nil: those of Queens. What could never match is refused. The
// last release with this API was Queens, whatever the registry is compatible with.
func (s *ImagesV1) policy(release compat.Release) (imagesPolicy, error) {
	if s.PolicyFile == "" {
		return nil, nil
	}
	path, err := placeholder.Expand(s.PolicyFile)
	if err != nil {
		return nil, err
	}
	file, err := policy.Read(path)
	if err != nil {
		return nil, err
	}
	rules := imagesPolicy{}
	for _, name := range imagesRules {
		rule, err := file.Rule(name, "", min(release, compat.Queens))
		if err != nil {
			return nil, err
		}
		if len(rule.Warnings) > 0 {
			return nil, fmt.Errorf("%s, rule %q: %s", path, name, rule.Warnings[0])
		}
		if len(rule.Targeted) > 0 && name != imagesv1.TargetedRule {
			return nil, fmt.Errorf("%s, rule %q: %s can never match, as in the old glance-api: only download_image knows the image; "+
				"write role:, user_id: or project_id: with a value in its place, or leave it out (only the owner and admins can change an image, whatever the rules say)",
				path, name, rule.Targeted[0])
		}
		rules[name] = rule
	}
	return rules, nil
}

// Allows implements imagesv1.Policy.
func (p imagesPolicy) Allows(rule string, c *access.Caller, field func(string) (string, bool)) bool {
	return p[rule].AllowsAbout(identity.ClaimsOf(c).Credentials(), field)
}
