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
	// maxBody bounds what is read of an answer, in bytes. Answers to logins
	// hold the catalog, which is long in large clouds.
	maxBody = 4 << 20

	// maxConnections bounds how much of Keystone the gateway takes up.
	maxConnections = 32

	// connectTimeout bounds the time for a connection to be made, and for its TLS.
	// Requests that have given up leave both to go on, and the connections to come
	// count among maxConnections.
	connectTimeout = 3 * time.Second

	// pingAfter is how long an HTTP/2 connection may be silent before it is asked
	// for a sign of life, and pingTimeout how long it then has. It takes all
	// requests, also new ones when others have timed out.
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
			// Whoever a redirection leads to would get the tokens.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	provider.UserAgent.Prepend("glancegate")
	return &client{
		service: &gophercloud.ServiceClient{ProviderClient: provider, Endpoint: config.URL + "/v3/", Type: "identity"},
		retries: config.Retries,
	}, nil
}

// try sends a request, and again where there was no connection.
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

// get asks about a token with another one and returns the body of the answer.
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
