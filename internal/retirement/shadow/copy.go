package shadow

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// Bounds of the memory for comparisons, in bytes.
const (
	maxBody   = 1 << 20  // of one body; larger ones are not compared
	maxCopies = 64 << 20 // of all copies under way
)

// Copy keeps what passes between a client and the service that answers it.
type Copy struct {
	shadow *Shadow

	mu       sync.Mutex
	request  []byte
	answer   Answer
	over     bool // something is larger than the bounds
	reserved int64
	closed   bool
}

// NewCopy begins a copy. It belongs to an exchange once it was offered; otherwise Close
// must be called.
func (s *Shadow) NewCopy() *Copy { return &Copy{shadow: s} }

// Close gives the memory back.
func (c *Copy) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.shadow.copies.Add(-c.reserved)
	}
	c.closed, c.request, c.answer = true, nil, Answer{}
}

// add appends to a copy within the bounds.
func (c *Copy) add(to *[]byte, p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || c.closed {
		return
	}
	n := int64(len(p))
	if len(*to)+len(p) > maxBody || c.shadow.copies.Load()+n > maxCopies {
		c.over = true
		return
	}
	c.shadow.copies.Add(n)
	c.reserved += n
	*to = append(*to, p...)
}

// Request makes a request keep its body while it is read.
func (c *Copy) Request(r *http.Request) *http.Request {
	if r.Body == nil || r.Body == http.NoBody {
		return r
	}
	copied := *r
	copied.Body = &copiedBody{r.Body, c}
	return &copied
}

type copiedBody struct {
	io.ReadCloser
	copy *Copy
}

// Read implements io.Reader.
func (b *copiedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.copy.add(&b.copy.request, p[:n])
	return n, err
}

// ReadAhead reads the body of a request, which can be read again afterwards. It returns
// nil for one that is larger than the bounds or breaks off.
func (c *Copy) ReadAhead(r *http.Request) (*http.Request, []byte) {
	if r.Body == nil || r.Body == http.NoBody {
		return r, nil
	}
	again := *r
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	c.add(&c.request, text)
	rest := io.Reader(r.Body)
	if err != nil {
		rest = failing{err}
	}
	again.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(text), rest), r.Body}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || err != nil {
		return &again, nil
	}
	return &again, text
}

type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Writer passes an answer on, and keeps it.
func (c *Copy) Writer(w http.ResponseWriter) http.ResponseWriter {
	return &copyWriter{ResponseWriter: w, copy: c}
}

type copyWriter struct {
	http.ResponseWriter
	copy *Copy
}

// WriteHeader implements http.ResponseWriter.
func (w *copyWriter) WriteHeader(status int) {
	if status >= http.StatusOK && w.copy.answer.Status == 0 {
		w.copy.answer.Status, w.copy.answer.Header = status, w.Header().Clone()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *copyWriter) Write(p []byte) (int, error) {
	if w.copy.answer.Status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	n, err := w.ResponseWriter.Write(p)
	w.copy.add(&w.copy.answer.Body, p[:n])
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *copyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Body is the body of the request, as far as it was read.
func (c *Copy) Body() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.request
}

// complete returns the answer, or nil if it is larger than the bounds or there is none.
func (c *Copy) complete() *Answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || c.answer.Status == 0 {
		return nil
	}
	return &c.answer
}

// Recorder is an http.ResponseWriter whose answer goes nowhere else.
type Recorder struct {
	Answer
	header http.Header
	over   bool
}

// Header implements http.ResponseWriter.
func (r *Recorder) Header() http.Header {
	if r.header == nil {
		r.header = http.Header{}
	}
	return r.header
}

// WriteHeader implements http.ResponseWriter.
func (r *Recorder) WriteHeader(status int) {
	if r.Status == 0 && status >= http.StatusOK {
		r.Status, r.Answer.Header = status, r.Header().Clone()
	}
}

// Write implements http.ResponseWriter.
func (r *Recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	if r.over = r.over || len(r.Body)+len(p) > maxBody; r.over {
		return 0, errTooLarge
	}
	r.Body = append(r.Body, p...)
	return len(p), nil
}

// Result is the answer, or an error for one that is too large to be compared.
func (r *Recorder) Result() (*Answer, error) {
	if r.over {
		return nil, errTooLarge
	}
	r.WriteHeader(http.StatusOK)
	return &r.Answer, nil
}
