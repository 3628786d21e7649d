package caddymodule

import (
	"fmt"
	"path/filepath"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/glanceconf"
)

// glanceFolder is where the files of a glance-api are.
const glanceFolder = "/etc/glance"

// refuseProtections refuses an option that the old glance-api had.
func refuseProtections(d *caddyfile.Dispenser, _ *ImagesV1) error {
	return d.Err("images_v1 knows no property protections, and would show what they hide; " +
		"leave images_v1 out where the old glance-api had a property_protection_file")
}

// refuseProtected refuses to serve where the files of a glance-api, the old one or the
// one behind the gateway, protect properties: they come from the database here. Files
// are looked for in their usual place and beside the policy file.
func (h *Handler) refuseProtected() error {
	folders := []string{glanceFolder}
	if h.ImagesV1.PolicyFile != "" {
		file, err := placeholder.Expand(h.ImagesV1.PolicyFile)
		if err != nil {
			return fmt.Errorf("images_v1: policy_file: %w", err)
		}
		if file, err = filepath.Abs(file); err != nil {
			return fmt.Errorf("images_v1: policy_file: %w", err)
		}
		folders = append(folders, filepath.Dir(file))
	}
	for _, folder := range folders {
		place, err := glanceconf.Protections(filepath.ToSlash(folder))
		if err != nil {
			h.logger.Warn("images_v1: glance-api's configuration can't be read; if it sets property_protection_file, leave images_v1 out", zap.Error(err))
		}
		if place != "" {
			return fmt.Errorf("images_v1: %s sets property_protection_file, but images_v1 knows no property protections, and would show what they hide; "+
				"leave images_v1 out, or take the option out if no glance-api uses the file any more", place)
		}
	}
	return nil
}
