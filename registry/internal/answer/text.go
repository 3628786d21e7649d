package answer

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/glancegate/glancegate/registry/budget"
)

const (
	// chunkSize is when a text goes on in another buffer, and chunkRoom what fits
	// behind that in most cases.
	chunkSize = 256 << 10
	chunkRoom = 32 << 10

	// streamed is how long an answer has to be before it is sent in parts, without
	// its length.
	streamed = 1 << 20
)

var texts = sync.Pool{New: func() any { return &Text{Tail: make([]byte, 0, 4096)} }}

var chunks = sync.Pool{New: func() any { b := make([]byte, 0, chunkSize+chunkRoom); return &b }}

// Text is a JSON answer in the making. Its memory is counted as that of the
// request. What is to be written is appended to Tail, and Room called now and then.
type Text struct {
	Tail []byte

	w       http.ResponseWriter
	r       *http.Request
	account *budget.Account
	full    [][]byte
	stored  int64 // bytes of memory of those
	counted int64 // bytes that the account knows of
	length  int   // of what was sent or, for a HEAD, thrown away
	begun   bool
}

// Begin makes the Text of an answer. It must be ended, or dropped, and not used
// afterwards.
func Begin(w http.ResponseWriter, r *http.Request) *Text {
	t := texts.Get().(*Text)
	t.w, t.r, t.account = w, r, budget.Of(r.Context())
	return t
}

// Room makes room for more. An error says that there is no memory for it.
func (t *Text) Room() error {
	if t.size() <= max(t.counted, budget.Allowance) && len(t.Tail) < chunkSize {
		return nil
	}
	if err := t.count(); err != nil {
		return err
	}
	if len(t.Tail) >= chunkSize {
		t.full = append(t.full, t.Tail)
		t.stored += int64(cap(t.Tail))
		t.Tail = (*chunks.Get().(*[]byte))[:0]
	}
	return nil
}

// count adds what the text takes to the account.
func (t *Text) count() error {
	more := t.size() - t.counted
	if more <= 0 {
		return nil
	}
	if err := t.account.More(t.r.Context(), more); err != nil {
		return err
	}
	t.counted += more
	return nil
}

// size is the memory of all buffers.
func (t *Text) size() int64 { return t.stored + int64(cap(t.Tail)) }

// Mark is a place in a Text, for as long as nothing is flushed.
type Mark struct{ full, tail int }

// Mark is where the Text ends now.
func (t *Text) Mark() Mark { return Mark{len(t.full), len(t.Tail)} }

// Cut removes what was written behind a Mark.
func (t *Text) Cut(m Mark) {
	if len(t.full) > m.full {
		recycle(t.Tail)
		t.Tail = t.full[m.full]
		t.stored -= int64(cap(t.Tail))
		for _, part := range t.full[m.full+1:] {
			t.free(part)
		}
		t.full = t.full[:m.full]
	}
	t.Tail = t.Tail[:m.tail]
	t.uncount()
}

// Flush sends what there is, if that is much. From then on the answer has begun.
func (t *Text) Flush() {
	if len(t.full)*chunkSize+len(t.Tail) >= streamed {
		t.begin()
		t.send()
	}
}

// Begun reports whether the client has got a part of the answer.
func (t *Text) Begun() bool { return t.begun }

// End sends the rest of the answer, or all of it with its length; to a HEAD the
// length only.
func (t *Text) End() {
	switch {
	case t.r.Method == http.MethodHead:
		t.send()
		t.head(t.length)
	case t.begun:
		t.send()
	default:
		length := len(t.Tail)
		for _, part := range t.full {
			length += len(part)
		}
		t.head(length)
		t.send()
	}
	t.Drop()
}

// Drop gives the buffers up.
func (t *Text) Drop() {
	for _, part := range t.full {
		t.free(part)
	}
	last := t.Tail
	t.Tail = nil
	t.uncount()
	if cap(last) >= chunkSize {
		recycle(last)
		return // the next Text begins with a small buffer
	}
	*t = Text{Tail: last[:0], full: t.full[:0]}
	texts.Put(t)
}

func (t *Text) begin() {
	if !t.begun && t.r.Method != http.MethodHead {
		t.begun = true
		t.w.Header()["Content-Type"] = jsonType
		t.w.WriteHeader(http.StatusOK)
	}
}

func (t *Text) head(length int) {
	header := t.w.Header()
	header["Content-Type"] = jsonType
	header["Content-Length"] = []string{strconv.Itoa(length)}
	t.w.WriteHeader(http.StatusOK)
}

// send empties the buffers one after the other, and gives each up when the client
// has taken it.
func (t *Text) send() {
	for _, part := range t.full {
		t.write(part)
		t.free(part)
		t.uncount()
	}
	t.full = t.full[:0]
	t.write(t.Tail)
	t.Tail = t.Tail[:0]
}

func (t *Text) write(part []byte) {
	t.length += len(part)
	if t.r.Method != http.MethodHead {
		_, _ = t.w.Write(part) // a client that has gone away gets nothing
	}
}

// uncount takes buffers that are gone off the account.
func (t *Text) uncount() {
	if less := t.counted - t.size(); less > 0 {
		t.counted -= less
		t.account.Less(less)
	}
}

// free gives up one of the full buffers.
func (t *Text) free(part []byte) {
	t.stored -= int64(cap(part))
	recycle(part)
}

func recycle(part []byte) {
	if cap(part) >= chunkSize+chunkRoom && cap(part) <= maxPooled {
		chunks.Put(&part)
	}
}
