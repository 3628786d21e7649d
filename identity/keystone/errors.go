package keystone

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/glancegate/glancegate/internal/legacytls"
)

// errInvalid says that Keystone does not take a token for valid.
var errInvalid = errors.New("the token is not valid")

// ErrTooLong says that a token is longer than any that Keystone takes. It is not asked
// about.
var ErrTooLong = fmt.Errorf("%w: it is longer than %d bytes", errInvalid, maxToken)

// unavailable says why Keystone could not be asked. Nothing of an answer's body
// is in it: older Keystones quote the token there.
type unavailable struct {
	doing string
	cause error
}

func (u *unavailable) Error() string { return fmt.Sprintf("Keystone: %s: %v", u.doing, u.cause) }

func (u *unavailable) Unwrap() error { return u.cause }

// statusOf returns the status of an unexpected answer, or 0.
func statusOf(err error) int {
	if answer := (gophercloud.ErrUnexpectedResponseCode{}); errors.As(err, &answer) {
		return answer.Actual
	}
	return 0
}

// plain is an error without the body that gophercloud adds.
func plain(err error) error {
	if status := statusOf(err); status != 0 {
		return fmt.Errorf("it answered %d %s", status, http.StatusText(status))
	}
	if isTimeout(err) {
		return errors.New("it did not answer in time")
	}
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	if legacytls.Helps(err) {
		return fmt.Errorf("%w; give Keystone a certificate with a subject alternative name and TLS 1.2, or write `legacy_tls` in `identity keystone` "+
			"(with an old configuration: GLANCE_REGISTRY_LEGACY_TLS=on)", err)
	}
	return err
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}
