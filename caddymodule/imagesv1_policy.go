package caddymodule

import (
	"fmt"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/internal/policy"
	"github.com/glancegate/glancegate/registry/access"
)

// imagesRules are those that the Images API v1 asks (public-images-api-v1.md,
// 12.1).
var imagesRules = []string{
	"get_images", "get_image", "download_image", "add_image", "modify_image", "delete_image", "publicize_image", "copy_from",
	"upload_image", "set_image_location", "get_members", "modify_member", "delete_member",
}

// imagesPolicy is the rules of the old glance-api.
type imagesPolicy map[string]*policy.Rule

// policy reads the rules; nil: those of Queens. What would mean something else
// here than it did there is refused.
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
		rule, err := file.Rule(name, "", release)
		if err != nil {
			return nil, err
		}
		if len(rule.Warnings) > 0 {
			return nil, fmt.Errorf("%s, rule %q: %s", path, name, rule.Warnings[0])
		}
		rules[name] = rule
	}
	return rules, nil
}

// Allows implements imagesv1.Policy.
func (p imagesPolicy) Allows(rule string, c *access.Caller) bool {
	credentials := policy.Nobody()
	credentials.Roles = c.Roles
	if c.User != "" {
		credentials.UserID = c.User
	}
	if c.Project != "" {
		credentials.ProjectID = c.Project
	}
	return p[rule].Allows(credentials)
}
