package imagesv1

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/glancegate/glancegate/internal/httperror"
	"github.com/glancegate/glancegate/registry/records"
)

// expectation is what the data of an upload are to be. A size of 0 is none.
type expectation struct {
	size     int64
	checksum records.Null[string]
}

// checkedData is the body of an upload on its way to glance-api. It keeps the last
// byte back until the body has ended and is as expected; otherwise it fails, so
// that glance-api never gets the end of data that must not be stored.
type checkedData struct {
	from io.Reader
	most int64 // bytes; negative: no bound
	want expectation

	begun atomic.Bool // something was asked for

	read int64
	sum  hash.Hash
	held []byte // at most the last byte
	done bool

	mu      sync.Mutex
	refused error // a page: why the data are not sent to the end
}

func newCheckedData(from io.Reader, most int64, want expectation) *checkedData {
	return &checkedData{from: from, most: most, want: want, sum: md5.New()}
}

var errClientGone = errors.New("the client has gone")

// Read implements io.Reader.
func (d *checkedData) Read(p []byte) (int, error) {
	d.begun.Store(true)
	switch {
	case d.done:
		return 0, io.EOF
	case len(p) < 2:
		return 0, io.ErrShortBuffer
	}
	for {
		start := copy(p, d.held)
		n, err := d.from.Read(p[start:])
		d.read += int64(n)
		d.sum.Write(p[start : start+n])
		if d.most >= 0 && d.read > d.most {
			return 0, d.refuse(httperror.TooLarge(tooLarge(d.most)))
		}
		end := start + n
		switch {
		case err == io.EOF:
			if err := d.check(); err != nil {
				return 0, d.refuse(err)
			}
			d.done = true
			return end, nil
		case err != nil:
			page := httperror.BadRequest("Client disconnected before sending all data to backend")
			page.Err = fmt.Errorf("%w: %w", errClientGone, err)
			return 0, d.refuse(page)
		case end > 0:
			d.held = append(d.held[:0], p[end-1])
			if end > 1 {
				return end - 1, nil
			}
		}
	}
}

func (d *checkedData) check() error {
	const killed = "did not match. Setting image status to 'killed'."
	if d.want.size > 0 && d.want.size != d.read {
		return httperror.BadRequest(fmt.Sprintf("Supplied size (%d) and size generated from uploaded image (%d) %s", d.want.size, d.read, killed))
	}
	if sum := hex.EncodeToString(d.sum.Sum(nil)); d.want.checksum.Valid && d.want.checksum.V != sum {
		return httperror.BadRequest(fmt.Sprintf("Supplied checksum (%s) and checksum generated from uploaded image (%s) %s",
			d.want.checksum.V, sum, killed))
	}
	return nil
}

func (d *checkedData) refuse(why error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refused = why
	return why
}

// why is the reason for which the data were not sent to the end; nil: they were,
// or glance-api did not take them.
func (d *checkedData) why() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refused
}

const octetStream = "application/octet-stream"

// isOctetStream compares as the original did, with case.
func isOctetStream(h http.Header) bool {
	contentType := h.Get("Content-Type")
	for n := range contentType {
		if contentType[n] == ';' {
			contentType = contentType[:n]
			break
		}
	}
	return contentType == octetStream
}
