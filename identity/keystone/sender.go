package keystone

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
)

// Sender is who sends a request to a service that validates tokens itself, such as
// glance-api, with all that its answer can depend on.
type Sender struct {
	rules   *Identifier
	user    *Token
	service *Token // nil: none
}

// errUnsure says that a token can't be judged here as the service would judge it.
var errUnsure = errors.New("the tokens of the request are not plainly valid")

// senderPatience bounds the wait for Keystone: the request can do without.
const senderPatience = time.Second

// Sender judges the tokens of a request, which stays as it is. It returns errUnsure
// unless there is one user token and at most one service token, both are valid and not
// expired, the service has a suitable role, and no access rules restrict them; and
// another error where Keystone can't be asked.
func (i *Identifier) Sender(r *http.Request) (s Sender, err error) {
	user, ok := onlyToken(r.Header, "X-Auth-Token")
	if !ok || user == "" || r.Header["X-Storage-Token"] != nil {
		return s, errUnsure
	}
	service, ok := onlyToken(r.Header, "X-Service-Token")
	if !ok {
		return s, errUnsure
	}
	s.rules = i
	if s.user, err = i.plainlyValid(r.Context(), user); err != nil || service == "" {
		return s, err
	}
	if s.service, err = i.plainlyValid(r.Context(), service); err == nil && !s.service.hasRole(i.ServiceRoles) {
		err = errUnsure
	}
	return s, err
}

// onlyToken is the one field of a name, empty where there is none. It is not ok where
// others could read it in another way.
func onlyToken(h http.Header, name string) (token string, ok bool) {
	switch values := h[name]; len(values) {
	case 0:
		return "", true
	case 1:
		return values[0], wellFormed(values[0])
	}
	return "", false
}

func (i *Identifier) plainlyValid(ctx context.Context, text string) (*Token, error) {
	token, known := i.Validator.known(text)
	if !known {
		ctx, cancel := context.WithTimeout(ctx, senderPatience)
		defer cancel()
		var err error
		if token, err = i.Validator.Validate(ctx, text, false); errors.Is(err, errInvalid) {
			return nil, errUnsure
		} else if err != nil {
			return nil, err
		}
	}
	if token.restricted() || !time.Now().Before(token.Expires) {
		return nil, errUnsure
	}
	return token, nil
}

// known is what is remembered of a valid token.
func (v *Validator) known(token string) (*Token, bool) {
	start := time.Now()
	t, ok := v.valid.get(digestOf(v.key, token), start)
	if ok {
		v.observe(Hit, start)
	}
	return t, ok
}

// Digest is the same for senders that look the same to a service. It has user,
// project, their domains, the scope and the roles, of the service token, too.
func (s *Sender) Digest() [sha256.Size]byte {
	if s.service == nil {
		return s.user.digest
	}
	both := make([]byte, 0, 2*sha256.Size)
	return sha256.Sum256(append(append(both, s.user.digest[:]...), s.service.digest[:]...))
}

// Caller is the sender of the user token as the rules of images see it.
func (s *Sender) Caller() (access.Caller, error) {
	return s.rules.Confirmed(nil, s.user.claims())
}

// HasService reports whether a service vouches for the sender.
func (s *Sender) HasService() bool { return s.service != nil }

// identityDigest is a hash of what services learn of a token.
func (t *Token) identityDigest() [sha256.Size]byte {
	claims := t.claims()
	var text []byte
	add := func(values ...string) {
		text = binary.AppendUvarint(text, uint64(len(values)))
		for _, v := range values {
			text = append(binary.AppendUvarint(text, uint64(len(v))), v...)
		}
	}
	for _, claim := range []records.Null[string]{
		claims.User, claims.UserDomain, claims.Project, claims.ProjectDomain, claims.Domain, claims.SystemScope,
	} {
		if claim.Valid {
			add(claim.V)
		} else {
			add()
		}
	}
	switch {
	case t.AdminProject == nil:
		add("unknown")
	case *t.AdminProject:
		add("admin project")
	default:
		add("other project")
	}
	roles := slices.Clone(t.roles)
	slices.SortFunc(roles, strings.Compare)
	add(slices.Compact(roles)...)
	return sha256.Sum256(text)
}
