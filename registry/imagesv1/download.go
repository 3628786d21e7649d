package imagesv1

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/glancegate/glancegate/internal/glanceapi"
	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/records"
)

// blocks are buffers for data under way.
var blocks = sync.Pool{New: func() any { b := make([]byte, 128<<10); return &b }}

// download sends the data of an active image, all of it whatever range is asked
// for. Where glance-api's answer breaks off, so does this one.
func (h *API) download(q *request, i *records.Image) error {
	if i.Size.Valid && i.Size.V == 0 {
		h.beginDownload(q, i)
		return nil
	}
	response, err := h.Upstream.Download(q.http.Context(), q.http.Header, i.ID)
	if err != nil {
		return unreachable(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return downloadPage(i.ID, response)
	}
	if i.Size.Valid && response.ContentLength >= 0 && response.ContentLength != i.Size.V {
		return unreachable(errors.New("glance-api has " + strconv.FormatInt(response.ContentLength, 10) + " bytes of image " + i.ID +
			", the database says " + strconv.FormatInt(i.Size.V, 10)))
	}
	h.beginDownload(q, i)
	block := blocks.Get().(*[]byte)
	defer blocks.Put(block)
	sent, err := io.CopyBuffer(writerOnly{q.w}, readerOnly{response.Body}, *block)
	if err != nil || i.Size.Valid && sent != i.Size.V {
		panic(http.ErrAbortHandler) // the client has to see that it is not all
	}
	return nil
}

// writerOnly and readerOnly have no method that would take the buffer's place.
type (
	writerOnly struct{ io.Writer }
	readerOnly struct{ io.Reader }
)

func (h *API) beginDownload(q *request, i *records.Image) {
	h.writeFields(q, i)
	header := q.w.Header()
	header["Content-Type"] = []string{octetStream}
	if i.Size.Valid {
		header["Content-Length"] = []string{strconv.FormatInt(i.Size.V, 10)}
	}
	q.w.WriteHeader(http.StatusOK)
}

// downloadPage is the page where there are no data. What glance-api says of it can
// have paths of its host.
func downloadPage(id string, response *http.Response) error {
	switch response.StatusCode {
	case http.StatusNoContent, http.StatusNotFound, http.StatusGone:
		return httperror.NotFound("The data of image " + id + " were not found")
	}
	return upstreamPage(glanceapi.AnswerOf(response))
}

// upstreamPage is the page of an answer that the API has no words of its own for.
func upstreamPage(a glanceapi.Answer) error {
	switch a.Status {
	case http.StatusUnauthorized:
		page := httperror.Unauthorized("")
		if challenge := a.Header.Values("Www-Authenticate"); len(challenge) > 0 {
			page.Header = http.Header{"Www-Authenticate": challenge}
		}
		return page
	case http.StatusForbidden:
		return httperror.Forbidden("")
	case http.StatusRequestEntityTooLarge:
		return httperror.TooLarge(a.Message)
	case http.StatusConflict:
		return httperror.Conflict(a.Message)
	case http.StatusBadRequest, http.StatusUnsupportedMediaType:
		return httperror.BadRequest(a.Message)
	}
	return unreachable(errors.New("glance-api answered " + strconv.Itoa(a.Status) + ": " + a.Message))
}
