package imagesv1

import (
	"io"
	"net/http"
	"time"
)

// What is read of the data of a request that is refused.
const (
	discardLength = 1 << 30 // bytes
	discardTime   = 30 * time.Second
)

// discard reads the data of a request that is refused. Most clients send all of them
// before they read the answer, and would find a broken connection in its place. Those
// that ask first, and those over HTTP/2, learn it in time.
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
