package cachetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
)

// Send sends a request of an administrator and returns the body of the answer,
// which has to be 200.
func Send(ctx context.Context, client *http.Client, method, url, body string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	r.Header.Set("X-Identity-Status", "Confirmed")
	r.Header.Set("X-Project-Id", "p")
	r.Header.Set("X-Roles", "admin")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %.200s", method, url, res.Status, text)
	}
	return text, err
}
