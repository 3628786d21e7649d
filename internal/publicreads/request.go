package publicreads

import (
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"net/url"
	"strings"

	"github.com/glancegate/glancegate/cache"
)

// Kind is what a request reads.
type Kind int

// The kinds of reads.
const (
	Image Kind = iota
	Images
	Members
	Member
	Schema
)

// Read is a request whose answer may be kept, as far as the request itself goes.
type Read struct {
	Kind   Kind
	ID     string // of the image, if it is about one
	Member string // its id, if it is about one
	query  url.Values
}

const (
	imagesPath  = "/v2/images"
	schemasPath = "/v2/schemas/"

	// longestRequestID is what glance-api takes by default; beyond that it fails.
	longestRequestID = 64
)

// Match returns what a request reads, unless it has anything that changes or
// could change what glance-api does with it.
func Match(r *http.Request) (read Read, ok bool) {
	if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, "/v2/") {
		return read, false
	}
	if read, ok = matchPath(r.URL); !ok || !withoutBody(r) || !plainHeader(r.Header) {
		return read, false
	}
	read.query, ok = plainQuery(r.URL.RawQuery)
	return read, ok
}

// Key names the answer to a request of a sender, who is known by a digest. Sites that
// share a cache may pass requests on to different glance-apis, so each has its own keys.
func (r *Reads) Key(sender [sha256.Size]byte, request *http.Request) cache.AnswerKey {
	var room [512]byte
	text := binary.BigEndian.AppendUint64(room[:0], r.number)
	text = append(text, sender[:]...)
	text = append(append(text, request.URL.Path...), '?')
	return sha256.Sum256(append(text, request.URL.RawQuery...))
}

func matchPath(u *url.URL) (read Read, ok bool) {
	if u.RawPath != "" { // something in it is written in an unusual way
		return read, false
	}
	if name, found := strings.CutPrefix(u.Path, schemasPath); found {
		return Read{Kind: Schema}, isName(name)
	}
	rest, found := strings.CutPrefix(u.Path, imagesPath)
	switch {
	case !found:
		return read, false
	case rest == "":
		return Read{Kind: Images}, true
	}
	parts := strings.Split(rest[1:], "/")
	if rest[0] != '/' || !isUUID(parts[0]) {
		return read, false
	}
	read.ID = parts[0]
	switch {
	case len(parts) == 1:
		read.Kind = Image
	case parts[1] == "members" && len(parts) == 2:
		read.Kind = Members
	case parts[1] == "members" && len(parts) == 3 && isMember(parts[2]):
		read.Kind, read.Member = Member, parts[2]
	default:
		return read, false
	}
	return read, true
}

// isUUID takes lower case only: MySQL finds ids without regard to case.
func isUUID(id string) bool {
	if len(id) != 36 {
		return false
	}
	for n := range len(id) {
		c := id[n]
		switch {
		case n == 8 || n == 13 || n == 18 || n == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}

// isName takes names of schemas, such as image and metadefs/namespace.
func isName(name string) bool {
	return name != "" && !strings.HasSuffix(name, "/") &&
		strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_/") == "" && !strings.Contains(name, "//")
}

func isMember(id string) bool {
	return id != "" && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// withoutBody is true for requests without a body: to a read with one glance-api
// answers 400.
func withoutBody(r *http.Request) bool {
	return r.ContentLength == 0 && len(r.TransferEncoding) == 0 && r.Trailer == nil
}

// plainHeader looks for fields that change the answer.
func plainHeader(h http.Header) bool {
	for name, values := range h {
		switch name {
		case "Origin", "X-Trace-Info", "X-Trace-Hmac", "Expect", "Upgrade":
			return false
		case "Accept":
			for _, v := range values {
				if strings.Contains(strings.ToLower(v), "vnd.openstack") {
					return false
				}
			}
		case "X-Openstack-Request-Id":
			if len(values) != 1 || len(values[0]) > longestRequestID || !isPrintable(values[0]) {
				return false
			}
		}
		// WSGI takes these for a "-", so that there can be two fields of one name.
		if strings.ContainsAny(name, "_.") {
			return false
		}
	}
	return true
}

func isPrintable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}

// plainQuery refuses what servers read in different ways, and "_method", with which
// Routes takes a GET for another method.
func plainQuery(raw string) (url.Values, bool) {
	if raw == "" {
		return nil, true
	}
	if strings.Contains(raw, ";") {
		return nil, false
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, false
	}
	for name := range query {
		if strings.Contains(strings.ToLower(name), "_method") {
			return nil, false
		}
	}
	return query, true
}
