package keystone

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/gophercloud/gophercloud/v2"

	"github.com/glancegate/glancegate/internal/backoff"
	"github.com/glancegate/glancegate/internal/dialer"
)

const (
	// maxBody bounds an answer, in bytes. Answers to logins contain the catalog, which
	// is long in large clouds.
	maxBody = 4 << 20

	// maxConnections bounds the load that the gateway puts on Keystone.
	maxConnections = 32

	// connectTimeout bounds connecting and the TLS handshake. Both go on after their
	// request has ended, and count towards maxConnections.
	connectTimeout = 3 * time.Second

	// pingAfter is how long an HTTP/2 connection may be silent before it is pinged, and
	// pingTimeout how long the answer may take. Such a connection carries all requests,
	// including new ones after others have timed out.
	pingAfter   = 2 * time.Second
	pingTimeout = 2 * time.Second

	// retryPause bounds the pause before the first repetition, and maxRetryPause any.
	retryPause    = 100 * time.Millisecond
	maxRetryPause = 2 * time.Second
)

// client sends requests to Keystone.
type client struct {
	service *gophercloud.ServiceClient
	retries int
}

func newClient(config *Config) (*client, error) {
	tlsConfig, err := config.tls()
	if err != nil {
		return nil, err
	}
	connect := min(connectTimeout, config.Timeout)
	provider := &gophercloud.ProviderClient{
		IdentityBase: config.URL + "/",
		HTTPClient: http.Client{
			Transport: bounded{&http.Transport{
				Proxy:               http.ProxyFromEnvironment,
				DialContext:         dialer.New(connect).DialContext,
				TLSHandshakeTimeout: connect,
				TLSClientConfig:     tlsConfig,
				MaxConnsPerHost:     maxConnections,
				MaxIdleConnsPerHost: maxConnections,
				IdleConnTimeout:     90 * time.Second,
				ForceAttemptHTTP2:   true,
				HTTP2:               &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout},
			}},
			Timeout: config.Timeout,
			// A redirection would send the tokens to another server.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	provider.UserAgent.Prepend("glancegate")
	return &client{
		service: &gophercloud.ServiceClient{ProviderClient: provider, Endpoint: config.URL + "/v3/", Type: "identity"},
		retries: config.Retries,
	}, nil
}

// try sends a request, and repeats it if there was no connection.
func (c *client) try(ctx context.Context, send func() error) error {
	pause := backoff.Backoff{First: retryPause, Max: maxRetryPause}
	for n := 0; ; n++ {
		err := send()
		if err == nil || n >= c.retries || statusOf(err) != 0 || isTimeout(err) || ctx.Err() != nil {
			return err
		}
		if !pause.Wait(ctx) {
			return err
		}
	}
}

// get requests the data of a token, with another token, and returns the body.
func (c *client) get(ctx context.Context, own, subject, query string) (body []byte, err error) {
	err = c.try(ctx, func() error {
		response, err := c.service.Request(ctx, http.MethodGet, c.service.Endpoint+"auth/tokens?"+query, &gophercloud.RequestOpts{
			MoreHeaders:      map[string]string{"X-Auth-Token": own, "X-Subject-Token": subject},
			OkCodes:          []int{http.StatusOK},
			KeepResponseBody: true,
		})
		if err != nil {
			return err
		}
		defer response.Body.Close()
		body, err = io.ReadAll(response.Body)
		return err
	})
	return body, err
}

func (c *client) close() { c.service.ProviderClient.HTTPClient.CloseIdleConnections() }

// bounded cuts answers that are longer than any can be.
type bounded struct{ *http.Transport }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := b.Transport.RoundTrip(r)
	if err == nil {
		response.Body = &limitedBody{io.LimitReader(response.Body, maxBody), response.Body}
	}
	return response, err
}

type limitedBody struct {
	io.Reader
	io.Closer
}
