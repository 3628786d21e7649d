package caddymodule

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/internal/glanceapi"
	"github.com/glancegate/glancegate/registry/imagesv1"
	"github.com/glancegate/glancegate/registry/rest"
)

// ImagesV1 serves the public Images API v1, which glance-api had up to Queens:
// metadata from the database, data through a glance-api of today.
type ImagesV1 struct {
	// The URL of glance-api, such as `http://127.0.0.1:9293`. Required.
	URL string `json:"url"`

	// The file of oslo.policy with the rules of the old glance-api. Default: what
	// Queens allowed: everything but `publicize_image`, which is for admins.
	PolicyFile string `json:"policy_file,omitempty"`

	// Let glance-api fetch images from URLs that clients name. Default: false.
	CopyFrom *bool `json:"copy_from,omitempty"`

	// The most bytes of an image. Default: 1 TiB.
	MaxSize int64 `json:"max_size,omitempty"`

	// The most properties, members and locations of an image; -1 is no bound.
	// Default: 128, 128 and 10.
	PropertyQuota *int `json:"property_quota,omitempty"`
	MemberQuota   *int `json:"member_quota,omitempty"`
	LocationQuota *int `json:"location_quota,omitempty"`
}

// The quotas of Queens.
const (
	defaultImageSize     = 1 << 40
	defaultPropertyQuota = 128
	defaultMemberQuota   = 128
	defaultLocationQuota = 10
)

var imagesV1Grammar = grammar[ImagesV1]{
	"policy_file":              text("path", func(v *ImagesV1) *string { return &v.PolicyFile }),
	"copy_from":                toggle(func(v *ImagesV1) **bool { return &v.CopyFrom }),
	"max_size":                 size(func(v *ImagesV1) *int64 { return &v.MaxSize }),
	"property_quota":           quota(func(v *ImagesV1) **int { return &v.PropertyQuota }),
	"member_quota":             quota(func(v *ImagesV1) **int { return &v.MemberQuota }),
	"location_quota":           quota(func(v *ImagesV1) **int { return &v.LocationQuota }),
	"property_protection_file": refuseProtections,
}

func parseImagesV1(d *caddyfile.Dispenser, s *Settings) error {
	s.ImagesV1 = new(ImagesV1)
	if !d.AllArgs(&s.ImagesV1.URL) || s.ImagesV1.URL == "" {
		return usage(d, "images_v1 <glance-api URL>")
	}
	return imagesV1Grammar.block(d, "images_v1", s.ImagesV1)
}

// quota is a number of which -1 is no bound.
func quota(field func(*ImagesV1) **int) parser[ImagesV1] {
	return func(d *caddyfile.Dispenser, into *ImagesV1) error {
		var n int
		err := number(-1, func(*ImagesV1) *int { return &n })(d, into)
		*field(into) = &n
		return err
	}
}

// loadImagesV1 checks the settings of the Images API v1 and makes what asks
// glance-api and the policy.
func (h *Handler) loadImagesV1(ctx caddy.Context) (err error) {
	if h.ImagesV1 == nil {
		return nil
	}
	if !enabled(h.PassThrough, false) {
		return errors.New("images_v1 is for public sites; add `pass_through`, and a reverse_proxy to glance-api for the rest")
	}
	if _, ok := h.source.(*KeystoneIdentity); !ok {
		return errors.New("images_v1 needs the tokens of users, which it passes on to glance-api; add `identity keystone`")
	}
	url, err := placeholder.Expand(h.ImagesV1.URL)
	if err == nil {
		h.glanceAPI, err = glanceapi.New(url)
	}
	if err != nil {
		return fmt.Errorf("images_v1: %w", err)
	}
	if err := h.refuseProtected(); err != nil {
		return err
	}
	if h.imagesPolicy, err = h.ImagesV1.policy(h.release()); err != nil {
		return fmt.Errorf("images_v1: policy_file: %w", err)
	}
	h.logHeaderNames(ctx)
	return nil
}

// newImagesV1 makes the handler of the Images API v1 on top of the registry.
func (h *Handler) newImagesV1(v1 *rest.API) *imagesv1.API {
	if h.ImagesV1 == nil {
		return nil
	}
	s := h.ImagesV1
	images := &imagesv1.API{
		Registry: v1,
		Upstream: h.glanceAPI,
		CopyFrom: enabled(s.CopyFrom, false),
		Quotas: imagesv1.Quotas{
			Size:       defaultImageSize,
			Properties: orDefault(s.PropertyQuota, defaultPropertyQuota),
			Members:    orDefault(s.MemberQuota, defaultMemberQuota),
			Locations:  orDefault(s.LocationQuota, defaultLocationQuota),
		},
		Work:       h.Limits.work(),
		Report:     h.report,
		Background: h.background,
		Hold:       h.holdEngine,
	}
	if s.MaxSize > 0 {
		images.Quotas.Size = s.MaxSize
	}
	if h.imagesPolicy != nil {
		images.Policy = h.imagesPolicy
	}
	return images
}

// holdEngine keeps the engine for a job behind an answer, which holds it as well.
func (h *Handler) holdEngine() (done func()) {
	if _, err := h.engine.Hold(); err != nil {
		return func() {} // the job's attempts will say why
	}
	return h.engine.Unhold
}

func orDefault(setting *int, standard int) int {
	if setting == nil {
		return standard
	}
	return *setting
}

// answerImages serves a request to the Images API v1.
func (h *Handler) answerImages(w http.ResponseWriter, r *http.Request, to route) {
	if to.images.Versions() {
		h.newImagesV1(nil).ServeVersions(w, r)
		return
	}
	h.identified(w, r, to, "")
}
