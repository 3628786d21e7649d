// Package glanceapi asks a glance-api that has the Images API v2 only for what the
// Images API v1 needs of it: the data of images. Each request is sent with the
// token of the user on whose behalf it is.
package glanceapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/glancegate/glancegate/internal/dialer"
)

// Client asks one glance-api.
type Client struct {
	base    string
	reads   *http.Client
	changes *http.Client
}

// connectLimit bounds how long a connection takes.
const connectLimit = 3 * time.Second

// readTransport is shared by all clients, so that a reload of the configuration keeps
// connections.
var readTransport = &http.Transport{
	DialContext:         dialer.New(connectLimit).DialContext,
	DisableCompression:  true,
	MaxIdleConnsPerHost: 64,
	IdleConnTimeout:     90 * time.Second,
	ReadBufferSize:      64 << 10,
	WriteBufferSize:     64 << 10,
}

// changeTransport has a connection for each request. A server or a load balancer may end
// one that is idle just when it is used, and only a read is repeated then. The server is
// not told: asked to close the connection, eventlet does so as soon as it has refused an
// upload, with data on their way, and the refusal is lost.
var changeTransport = func() *http.Transport {
	t := readTransport.Clone()
	t.MaxIdleConnsPerHost = -1
	return t
}()

// New makes a client of the glance-api at a URL, without a version in its path.
func New(base string) (*Client, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, fmt.Errorf("the URL of glance-api: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the URL of glance-api, %q, must be one like http://127.0.0.1:9293", base)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("the URL of glance-api, %q, must have neither a user, a query nor a fragment", u.Redacted())
	}
	if last := u.Path[strings.LastIndexByte(u.Path, '/')+1:]; strings.HasPrefix(last, "v") {
		return nil, fmt.Errorf("the URL of glance-api, %q, must have no version; remove /%s", base, last)
	}
	return &Client{strings.TrimSuffix(base, "/"), through(readTransport), through(changeTransport)}, nil
}

// through makes a client that follows no redirection.
func through(t *http.Transport) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Answer is how a request ended.
type Answer struct {
	Status  int
	Message string // of a refusal, without markup
	Header  http.Header
}

// passedOn are the header fields of the user's request that glance-api gets.
var passedOn = []string{"X-Auth-Token", "X-Storage-Token", "X-Service-Token", "X-Openstack-Request-Id"}

func (c *Client) request(ctx context.Context, from http.Header, method, path string, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	for _, name := range passedOn {
		if values := from[name]; len(values) > 0 {
			r.Header[name] = values
		}
	}
	r.Header.Set("Accept", "text/plain") // a page without markup
	return r, nil
}

func imagePath(id string) string { return "/v2/images/" + url.PathEscape(id) }

// Download asks for the data of an image. The caller closes the body.
func (c *Client) Download(ctx context.Context, from http.Header, id string) (*http.Response, error) {
	r, err := c.request(ctx, from, http.MethodGet, imagePath(id)+"/file", nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "*/*")
	return c.reads.Do(r)
}

// Upload sends the data of an image in chunks. Where the reader fails, so does the
// request, without an end that glance-api could take for that of the data.
func (c *Client) Upload(ctx context.Context, from http.Header, id string, data io.Reader, size int64) (Answer, error) {
	r, err := c.request(ctx, from, http.MethodPut, imagePath(id)+"/file", io.NopCloser(data))
	if err != nil {
		return Answer{}, err
	}
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/octet-stream")
	if size > 0 {
		r.Header.Set("X-Openstack-Image-Size", fmt.Sprint(size))
	}
	return c.do(r)
}

// Delete deletes an image.
func (c *Client) Delete(ctx context.Context, from http.Header, id string) (Answer, error) {
	r, err := c.request(ctx, from, http.MethodDelete, imagePath(id), nil)
	if err != nil {
		return Answer{}, err
	}
	return c.do(r)
}

// AddLocation registers data that are elsewhere.
func (c *Client) AddLocation(ctx context.Context, from http.Header, id, location string) (Answer, error) {
	value := map[string]any{"url": location, "metadata": map[string]any{}}
	return c.send(ctx, from, http.MethodPatch, imagePath(id), "application/openstack-images-v2.1-json-patch",
		[]any{map[string]any{"op": "add", "path": "/locations/-", "value": value}})
}

// Import lets glance-api fetch data from elsewhere.
func (c *Client) Import(ctx context.Context, from http.Header, id, uri string) (Answer, error) {
	return c.send(ctx, from, http.MethodPost, imagePath(id)+"/import", "application/json",
		map[string]any{"method": map[string]any{"name": "web-download", "uri": uri}})
}

func (c *Client) send(ctx context.Context, from http.Header, method, path, contentType string, body any) (Answer, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return Answer{}, err
	}
	r, err := c.request(ctx, from, method, path, bytes.NewReader(text))
	if err != nil {
		return Answer{}, err
	}
	r.Header.Set("Content-Type", contentType)
	return c.do(r)
}

// TaskStates are the states of the tasks of an image.
func (c *Client) TaskStates(ctx context.Context, from http.Header, id string) (states []string, status int, err error) {
	r, err := c.request(ctx, from, http.MethodGet, imagePath(id)+"/tasks", nil)
	if err != nil {
		return nil, 0, err
	}
	r.Header.Set("Accept", "application/json")
	response, err := c.reads.Do(r)
	if err != nil {
		return nil, 0, err
	}
	defer response.Body.Close()
	var answer struct{ Tasks []struct{ Status string } }
	if response.StatusCode == http.StatusOK {
		err = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer)
	}
	for _, task := range answer.Tasks {
		states = append(states, task.Status)
	}
	return states, response.StatusCode, err
}

// Versions reads the document of versions as a client that names a host sees it.
func (c *Client) Versions(ctx context.Context, path, host string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	r.Host = host
	return c.reads.Do(r)
}

// mostMessage bounds what is read of a page.
const mostMessage = 16 << 10

// do sends a request that changes something.
func (c *Client) do(r *http.Request) (Answer, error) {
	response, err := c.changes.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer response.Body.Close()
	return AnswerOf(response), nil
}

// AnswerOf reads the end of a request that has no data. The page may be cut off.
func AnswerOf(response *http.Response) Answer {
	page, _ := io.ReadAll(io.LimitReader(response.Body, mostMessage))
	return Answer{Status: response.StatusCode, Header: response.Header, Message: message(string(page))}
}

// message is the last line of a page with anything in it.
func message(page string) string {
	lines := strings.Split(strings.TrimSpace(page), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
