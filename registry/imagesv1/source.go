package imagesv1

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/records"
)

// source is where data are, if not in the request.
type source struct {
	url  string
	copy bool // let glance-api fetch them, rather than refer to them
}

// sourceOf reads and checks where the data are. The gateway itself connects to no
// source: users could reach through it what only the gateway may.
func (h *API) sourceOf(q *request, m *meta) (source, error) {
	if !m.copyFrom.given && m.location == "" {
		return source{}, nil
	}
	s := source{url: m.location}
	if m.copyFrom.given {
		if m.copyFrom.text == "" {
			return source{}, httperror.BadRequest("External source should not be empty")
		}
		s = source{m.copyFrom.text, true}
	}
	u, err := url.Parse(s.url)
	switch {
	case err == nil && u.Scheme != "http" && u.Scheme != "https", s.copy && !h.CopyFrom:
		return source{}, httperror.BadRequest("External sources are not supported: '" + s.url + "'")
	case err != nil, strings.ContainsAny(s.url, " \t"):
		return source{}, httperror.BadRequest("The HTTP URL is invalid: " + s.url)
	case u.Host == "":
		return source{}, httperror.BadRequest("Invalid location " + s.url)
	case hasBody(q.http), m.copyFrom.given && m.location != "":
		return source{}, httperror.BadRequest("It's invalid to provide multiple image sources.")
	}
	return s, nil
}

// schemes are those of Glance's stores. glance-api's stores have names of their
// own now, so that data can't be sent into one of a scheme.
var schemes = []string{
	"file", "filesystem", "http", "https", "rbd", "cinder", "sheepdog", "vsphere", "swift", "swift+http", "swift+https", "swift+config",
}

func knownScheme(scheme string) bool { return slices.Contains(schemes, scheme) }

// readOnlyStore reports whether a store of the scheme takes no data.
func readOnlyStore(scheme string) bool { return scheme == "http" || scheme == "https" }

// fillFrom registers data that are elsewhere, or lets glance-api fetch them.
func (h *API) fillFrom(q *request, i *records.Image, src source) (*records.Image, error) {
	if err := checkHasFormats(i); err != nil {
		return nil, err
	}
	if err := h.locationQuota(i); err != nil {
		return nil, err
	}
	if err := h.clearExpectation(q, i); err != nil {
		return nil, err
	}
	ask := h.Upstream.AddLocation
	if src.copy {
		ask = h.Upstream.Import
	}
	answer, err := ask(q.http.Context(), q.http.Header, i.ID, src.url)
	if err == nil && answer.Status < http.StatusMultipleChoices {
		return h.filled(q, i, src)
	}
	if err == nil && answer.Status == http.StatusConflict { // somebody else gives it data
		return nil, httperror.Conflict("Cannot upload to an unqueued image")
	}
	h.kill(q, i)
	switch {
	case err != nil:
		return nil, unreachable(err)
	case answer.Status == http.StatusForbidden:
		return nil, httperror.BadRequest("External sources are not supported: '" + src.url + "'")
	case answer.Status == http.StatusBadRequest:
		page := httperror.BadRequest("The HTTP URL is invalid: " + src.url)
		page.Err = errors.New(answer.Message)
		return nil, page
	}
	return nil, upstreamPage(answer)
}

// filled reads the image, and watches over a copy that goes on.
func (h *API) filled(q *request, i *records.Image, src source) (*records.Image, error) {
	if src.copy {
		h.watchCopy(q, i)
	}
	after, err := h.uploaded(q, i)
	switch {
	case err != nil:
		return nil, err
	case !src.copy && i.Size.V > 0 && after.Size.Valid && after.Size.V != i.Size.V:
		h.killActive(q, i)
		return nil, httperror.Conflict(fmt.Sprintf("Provided image size must match the stored image size. (provided size: %d, stored size: %d)",
			i.Size.V, after.Size.V))
	}
	return after, nil
}

func (h *API) locationQuota(i *records.Image) error {
	wanted := 1
	for n := range i.Locations {
		if !i.Locations[n].Deleted {
			wanted++
		}
	}
	if most := h.Quotas.Locations; most >= 0 && wanted > most {
		return httperror.TooLarge(fmt.Sprintf("The limit has been exceeded on the number of allowed image locations. "+
			"Attempted: %d, Maximum: %d", wanted, most))
	}
	return nil
}
