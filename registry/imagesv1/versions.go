package imagesv1

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/internal/pyjson"
)

// mostVersions bounds the document of versions, in bytes.
const mostVersions = 1 << 20

// ServeVersions answers with glance-api's document of versions, to which those of
// this API are added. Anybody may read it.
func (h *API) ServeVersions(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := h.bounded(r.Context())
	defer cancel()
	if err := h.versions(w, r.WithContext(ctx)); err != nil {
		h.fail(w, r, err)
	}
}

func (h *API) versions(w http.ResponseWriter, r *http.Request) error {
	path := "/"
	if r.URL.Path == "/versions" || r.URL.Path == "/versions/" {
		path = "/versions"
	}
	response, err := h.Upstream.Versions(r.Context(), path, r.Host)
	if err != nil {
		return unreachable(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, mostVersions))
	if err != nil {
		return unreachable(err)
	}
	body, err := withVersion1(text, baseURL(r))
	if err != nil {
		return unreachable(err)
	}
	w.Header()["Content-Type"] = []string{"application/json"}
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(response.StatusCode)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that has disconnected gets no error
	}
	return nil
}

var errNoVersions = errors.New("the answer of glance-api is no document of versions")

// withVersion1 adds the entries of this API to a document.
func withVersion1(document []byte, base string) ([]byte, error) {
	v, err := pyjson.Decode(document, 20)
	if err != nil {
		return nil, errNoVersions
	}
	o, _ := v.(*pyjson.Object)
	raw, _ := o.Get("versions")
	list, ok := raw.([]any)
	if !ok {
		return nil, errNoVersions
	}
	for _, id := range []string{"v1.1", "v1.0"} {
		link := pyjson.NewObject()
		link.Set("rel", "self")
		link.Set("href", base+"/v1/")
		entry := pyjson.NewObject()
		entry.Set("id", id)
		entry.Set("status", "DEPRECATED")
		entry.Set("links", []any{link})
		list = append(list, entry)
	}
	o.Set("versions", list)
	return pyjson.Append(nil, o), nil
}

// unreachable is the page where glance-api does not answer, or not as it should.
func unreachable(err error) error {
	page := httperror.Unavailable("The image service does not answer.")
	page.Err = err
	return page
}
