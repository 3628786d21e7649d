// Package answer writes the JSON answers of both protocols, from buffers that
// are used again.
package answer

import "net/http"

// maxPooled keeps the odd huge answer from staying in memory.
const maxPooled = 1 << 20

// JSON sends what encode appends, with status 200 and its length; to a HEAD the
// length only. Nothing is sent when encode fails.
func JSON(w http.ResponseWriter, r *http.Request, encode func([]byte) ([]byte, error)) error {
	t := Begin(w, r)
	var err error
	if t.Tail, err = encode(t.Tail); err == nil {
		err = t.Room()
	}
	if err != nil {
		t.Drop()
		return err
	}
	t.End()
	return nil
}

var jsonType = []string{"application/json"}
