// Package answer writes the JSON answers of both protocols, from buffers that
// are used again.
package answer

import (
	"net/http"
	"strconv"
	"sync"
)

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// maxPooled keeps the odd huge answer from staying in memory.
const maxPooled = 1 << 20

// JSON sends what encode appends, with status 200 and its length; to a HEAD the
// length only. Nothing is sent when encode fails.
func JSON(w http.ResponseWriter, r *http.Request, encode func([]byte) ([]byte, error)) error {
	buffer := buffers.Get().(*[]byte)
	body, err := encode((*buffer)[:0])
	if cap(body) <= maxPooled {
		*buffer = body
		defer buffers.Put(buffer)
	}
	if err != nil {
		return err
	}
	header := w.Header()
	header["Content-Type"] = jsonType
	header["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that has gone away gets nothing
	}
	return nil
}

var jsonType = []string{"application/json"}
