package imagesv1

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// What is read of the data of a request that is refused.
const (
	discardLength = 1 << 30 // bytes
	discardTime   = 30 * time.Second
)

// refusal is the writer of an answer that refuses a request. It first reads the data of
// the request. Most clients send all of them before they read the answer, and would find
// a broken connection in its place.
type refusal struct {
	http.ResponseWriter
	request *http.Request
}

// WriteHeader implements http.ResponseWriter.
func (r refusal) WriteHeader(status int) {
	discard(r.ResponseWriter, r.request)
	r.ResponseWriter.WriteHeader(status)
}

// discard does not read the data of clients that want to be asked for them, and those
// over HTTP/2, which has an end of its own for them.
func discard(w http.ResponseWriter, r *http.Request) {
	if !hasBody(r) || r.ProtoMajor != 1 || r.Header.Get("Expect") != "" {
		return
	}
	// The server sets another deadline for the next request.
	if http.NewResponseController(w).SetReadDeadline(time.Now().Add(discardTime)) != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, r.Body, discardLength)
}

// sharedBody is a body that an upload and what comes after it may read at the same time:
// a request to glance-api can end while its data are still read.
type sharedBody struct {
	mu sync.Mutex
	io.ReadCloser
}

// Read implements io.Reader.
func (b *sharedBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ReadCloser.Read(p)
}
