package imagesv1

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Whatever ends an upload or a download, no row is stuck and no data stay behind.
func (p *place) faults(t *testing.T) {
	t.Run("client gone in an upload", p.clientGone)
	t.Run("more than max_size", p.tooLarge)
	t.Run("token that ends in an upload", p.tokenEnds)
	t.Run("deleted during an upload", p.deletedMeanwhile)
	t.Run("two uploads at once", p.twoUploads)
	t.Run("client gone in a download", p.clientGoneDownloading)
	t.Run("database killed in an upload", p.databaseKilled)
	t.Run("database killed in a download", p.databaseKilledDownloading)
	t.Run("glance-api ends", p.glanceEnds)
	t.Run("no glance-api", p.unreachable)
}

const mebibyte = 1 << 20

// upload begins to send data that the test writes, and returns what ends it.
func (p *place) upload(t *testing.T, path string) (data *io.PipeWriter, done chan error) {
	t.Helper()
	body, data := io.Pipe()
	r := p.request(t, "PUT", path, body, "Content-Type: application/octet-stream", "x-glance-registry-purge-props: false")
	done = make(chan error, 1)
	go func() {
		response, err := http.DefaultClient.Do(r)
		if err == nil {
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				err = errors.New(response.Status)
			}
		}
		done <- err
	}()
	if _, err := io.CopyN(data, &pattern{left: mebibyte}, mebibyte); err != nil {
		t.Fatal(err)
	}
	p.status(t, path, "saving")
	return data, done
}

func (p *place) clientGone(t *testing.T) {
	before := len(p.stored(t))
	path := p.queued(t)
	data, done := p.upload(t, path)
	data.CloseWithError(errors.New("gone"))
	<-done
	p.status(t, path, "killed")
	if n := len(p.stored(t)); n != before {
		t.Errorf("the store has %d files, it had %d", n, before)
	}
	p.call(t, "DELETE", path).expect(t, 200)
}

func (p *place) tooLarge(t *testing.T) {
	before := len(p.stored(t))
	path := p.queued(t)
	data := io.MultiReader(&pattern{left: p.most + mebibyte})
	a := p.send(t, p.request(t, "PUT", path, data, "Content-Type: application/octet-stream"))
	if a.expect(t, 413); !strings.Contains(a.text, "Denying attempt to upload image larger than") {
		t.Error(a.text)
	}
	p.status(t, path, "killed")
	if n := len(p.stored(t)); n != before {
		t.Errorf("the store has %d files, it had %d", n, before)
	}
}

// glance-api has validated the token when the upload began.
func (p *place) tokenEnds(t *testing.T) {
	path := p.queued(t)
	ending := *p
	ending.token = p.people["owner"].Token(t)
	data, done := ending.upload(t, path)
	p.Revoke(t, ending.token)
	if p.Valid(t, ending.token) {
		t.Error("the token is valid still")
	}
	data.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	p.status(t, path, "active")
}

func (p *place) deletedMeanwhile(t *testing.T) {
	before := len(p.stored(t))
	path := p.queued(t)
	data, done := p.upload(t, path)
	p.call(t, "DELETE", path).expect(t, 200)
	data.Close()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "412") {
		t.Errorf("got %v, want a 412", err)
	}
	if n := len(p.stored(t)); n != before {
		t.Errorf("the store has %d files, it had %d", n, before)
	}
}

func (p *place) twoUploads(t *testing.T) {
	path := p.queued(t)
	data, done := p.upload(t, path)
	p.send(t, p.request(t, "PUT", path, strings.NewReader("other"), "Content-Type: application/octet-stream")).expect(t, 409)
	data.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	p.status(t, path, "active")
}

// active makes an image with data.
func (p *place) active(t testing.TB, size int64) (path string) {
	t.Helper()
	path = p.queued(t)
	p.send(t, p.request(t, "PUT", path, io.MultiReader(&pattern{left: size}), "Content-Type: application/octet-stream")).expect(t, 200)
	return path
}

func (p *place) clientGoneDownloading(t *testing.T) {
	path := p.active(t, 32*mebibyte)
	response, err := http.DefaultClient.Do(p.request(t, "GET", path, nil))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.CopyN(io.Discard, response.Body, mebibyte)
	response.Body.Close()
	p.call(t, "DELETE", path).expect(t, 200)
}

// The image is killed when the database is there again, behind the answer.
func (p *place) databaseKilled(t *testing.T) {
	before := len(p.stored(t))
	path, restore := p.failedWithoutDatabase(t)
	restore()
	p.status(t, path, "killed")
	if n := len(p.stored(t)); n != before {
		t.Errorf("the store has %d files, it had %d", n, before)
	}
	p.call(t, "DELETE", path).expect(t, 200)
}

// Data under way do not need the database, and their token no validity.
func (p *place) databaseKilledDownloading(t *testing.T) {
	const size = 48 * mebibyte
	path := p.active(t, size)
	ending := *p
	ending.token = p.people["owner"].Token(t)
	response, err := http.DefaultClient.Do(ending.request(t, "GET", path, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, mebibyte)
	p.Revoke(t, ending.token)
	restore := p.outage(t)
	n, err := io.Copy(io.Discard, response.Body)
	restore()
	if err != nil || n != size-mebibyte {
		t.Errorf("got %d bytes more of %d: %v", n, size-mebibyte, err)
	}
	p.call(t, "DELETE", path).expect(t, 200)
}

// What breaks off must not look like the end of the data, and an image whose upload
// nobody can finish any more is not saving for ever.
func (p *place) glanceEnds(t *testing.T) {
	response, err := http.DefaultClient.Do(p.request(t, "GET", p.active(t, 48*mebibyte), nil))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, mebibyte)
	path := p.queued(t)
	data, done := p.upload(t, path)
	p.glance.Kill()
	if n, err := io.Copy(io.Discard, response.Body); err == nil {
		t.Errorf("the data ended after %d bytes", n+mebibyte)
	}
	_, _ = io.Copy(data, &pattern{left: 16 * mebibyte})
	data.Close()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("got %v, want a 503", err)
	}
	p.status(t, path, "killed")
}

func (p *place) unreachable(t *testing.T) {
	path := p.queued(t)
	p.send(t, p.request(t, "PUT", path, strings.NewReader("hello"), "Content-Type: application/octet-stream")).expect(t, 503)
	p.status(t, path, "killed")
	p.call(t, "DELETE", path).expect(t, 503)
	p.call(t, "GET", "/v1/images/detail").expect(t, 200)
	p.call(t, "GET", "/versions").expect(t, 503)
}
