package keystone

import (
	"errors"
	"net/url"
	"strings"
)

// parseURL takes the version off Keystone's address.
func parseURL(text string) (address string, warnings []string, err error) {
	if text == "" {
		return "", nil, errors.New("auth_url is missing; write the address of Keystone, such as https://keystone.example.com:5000")
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", nil, errors.New("auth_url must be an address like https://keystone.example.com:5000")
	}
	if u.User != nil {
		return "", nil, errors.New("auth_url has a user in it; write username and password as options of their own")
	}
	path := strings.TrimRight(u.Path, "/")
	if base, ok := strings.CutSuffix(path, "/v2.0"); ok {
		path = base
		warnings = append(warnings, "auth_url: the Identity API v2.0 is gone; v3 is used")
	}
	u.Path, u.RawPath = strings.TrimRight(strings.TrimSuffix(path, "/v3"), "/"), ""
	return u.String(), warnings, nil
}
