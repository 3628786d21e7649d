package publicreads

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/cache"
)

// Recording copies an answer aside while it goes to the client.
type Recording struct {
	http.ResponseWriter

	reads   *Reads
	read    Read
	listing listing
	asker   Asker
	asking  *cache.Asking

	status      int
	contentType string
	body        []byte
	taken       int64   // bytes that count as copied
	useless     *Reason // why the rest is not copied
}

// WriteHeader implements http.ResponseWriter.
func (rec *Recording) WriteHeader(status int) {
	if rec.status == 0 && status >= http.StatusOK { // those below are of no account
		rec.begin(status)
	}
	rec.ResponseWriter.WriteHeader(status)
}

// begin looks at the header of an answer.
func (rec *Recording) begin(status int) {
	rec.status = status
	h := rec.Header()
	rec.contentType = h.Get("Content-Type")
	if status != http.StatusOK || !isJSON(rec.contentType) || !storable(h) {
		rec.giveUp(Unsuitable)
		return
	}
	length, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64)
	switch {
	case err != nil:
	case length > rec.reads.config.MaxBody:
		rec.giveUp(TooLarge)
	case rec.take(length):
		rec.body = make([]byte, 0, length)
	}
}

func (rec *Recording) giveUp(why Reason) {
	rec.useless, rec.body = &why, nil
	rec.giveBack()
}

// take counts bytes that are about to be copied. There may be too many of them in all
// answers under way.
func (rec *Recording) take(bytes int64) bool {
	rec.taken += bytes
	if rec.reads.copied.Add(bytes) > maxCopied {
		rec.giveUp(Busy)
		return false
	}
	return true
}

func (rec *Recording) giveBack() {
	rec.reads.copied.Add(-rec.taken)
	rec.taken = 0
}

// Write implements http.ResponseWriter.
func (rec *Recording) Write(text []byte) (int, error) {
	if rec.status == 0 {
		rec.begin(http.StatusOK)
	}
	n, err := rec.ResponseWriter.Write(text)
	if rec.useless != nil {
		return n, err
	}
	length := int64(len(rec.body) + len(text))
	switch {
	case length > rec.reads.config.MaxBody:
		rec.giveUp(TooLarge)
	case length <= rec.taken || rec.take(length-rec.taken):
		rec.body = append(rec.body, text...)
	}
	return n, err
}

// Unwrap gives http.ResponseController what is below.
func (rec *Recording) Unwrap() http.ResponseWriter { return rec.ResponseWriter }

// suitable reports whether there is a complete answer that may be kept.
func (rec *Recording) suitable() (why Reason, ok bool) {
	switch length := rec.Header().Get("Content-Length"); {
	case rec.useless != nil:
		return *rec.useless, false
	case rec.status == 0 || length != "" && length != strconv.Itoa(len(rec.body)):
		return Unsuitable, false
	}
	return 0, true
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == "application/json"
}

// storable looks for what something between here and glance-api has added: a cookie
// is one client's, and a coding depends on the request.
func storable(h http.Header) bool {
	for _, name := range []string{"Set-Cookie", "Content-Encoding", "Content-Range", "Vary"} {
		if len(h[name]) > 0 {
			return false
		}
	}
	for _, value := range h["Cache-Control"] {
		if value := strings.ToLower(value); strings.Contains(value, "no-store") || strings.Contains(value, "private") {
			return false
		}
	}
	return true
}

// Answer gives an answer that is kept. requestID is that of the request, with
// its prefix.
func Answer(w http.ResponseWriter, a *cache.Answer, requestID string) error {
	h := w.Header()
	h["Content-Type"] = []string{a.ContentType}
	h["Content-Length"] = []string{strconv.Itoa(len(a.Body))}
	h["X-Openstack-Request-Id"] = []string{requestID}
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(a.Body)
	return err
}
