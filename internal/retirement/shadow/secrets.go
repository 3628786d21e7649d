package shadow

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/internal/pyjson"
)

// hidden is what a sample shows in place of a secret.
const hidden = "***"

// keptHeaders are the fields that samples show. Of an identity they are what the rules of
// the registry ask for; there are no tokens and no names.
var keptHeaders = []string{
	"Accept", "Content-Type", "X-Identity-Status", "X-User-Id", "X-Project-Id", "X-Tenant-Id", "X-Roles", "X-Openstack-Request-Id",
}

var keptOfAnswers = []string{"Allow", "Content-Type", "Location", "Www-Authenticate", "X-Openstack-Request-Id"}

func keepHeaders(h http.Header, names []string) map[string]string {
	kept := map[string]string{}
	for name, values := range h {
		if slices.Contains(names, name) && len(values) > 0 {
			kept[name] = withoutCredentials(values[0])
		}
	}
	return kept
}

// credentials are those in a URL, such as that of a location: everything up to the last @.
var credentials = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s"'<>]*@`)

func withoutCredentials(s string) string {
	if !strings.Contains(s, "://") || !strings.Contains(s, "@") {
		return s
	}
	return credentials.ReplaceAllString(s, "${1}"+hidden+"@")
}

// secretKeys are keys whose values are hidden, wherever they are.
var secretKeys = regexp.MustCompile(`(?i)pass(word|phrase)?$|secret|token|credential|private|api_?key|access_?key`)

// withoutSecrets is a body without secrets, JSON or not.
func withoutSecrets(body []byte) string {
	v, err := pyjson.Decode(body, maxDepth)
	if err != nil {
		return withoutCredentials(string(body))
	}
	return string(pyjson.Append(nil, hide(v)))
}

// hide is a value without secrets.
func hide(v any) any {
	switch v := v.(type) {
	case string:
		return withoutCredentials(v)
	case []any:
		list := make([]any, len(v))
		for n, item := range v {
			list[n] = hide(item)
		}
		return list
	case *pyjson.Object:
		return hideInObject(v)
	}
	return v
}

func hideInObject(o *pyjson.Object) *pyjson.Object {
	out := pyjson.NewObject()
	_, isLocation := o.Get("url")
	secretProperty := isSecretProperty(o)
	for _, key := range o.Keys() {
		v, _ := o.Get(key)
		switch {
		case secretKeys.MatchString(key), key == "value" && secretProperty:
			v = hidden
		case isLocation && (key == "metadata" || key == "meta_data"):
			v = hideAll(v)
		default:
			v = hide(v)
		}
		out.Set(key, v)
	}
	return out
}

// isSecretProperty reports whether an object is a property with the name of a secret.
func isSecretProperty(o *pyjson.Object) bool {
	v, _ := o.Get("name")
	name, isText := v.(string)
	return isText && secretKeys.MatchString(name)
}

// hideAll is the metadata of a location, which may be the credentials of a store: only its
// keys stay.
func hideAll(v any) any {
	o, isObject := v.(*pyjson.Object)
	if !isObject {
		if v == nil {
			return nil
		}
		return hidden
	}
	out := pyjson.NewObject()
	for _, key := range o.Keys() {
		out.Set(key, hidden)
	}
	return out
}

// target is the path and query of a request without secrets.
func target(u *url.URL) string {
	path := withoutCredentials(u.EscapedPath())
	if u.RawQuery == "" {
		return path
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return path + "?" + withoutCredentials(u.RawQuery)
	}
	changed := false
	for name, values := range query {
		for n, value := range values {
			clean := withoutCredentials(value)
			if secretKeys.MatchString(name) {
				clean = hidden
			}
			changed = changed || clean != value
			values[n] = clean
		}
	}
	if !changed {
		return path + "?" + u.RawQuery
	}
	return path + "?" + query.Encode()
}

// withoutSecrets is a difference whose values show none.
func (d Difference) withoutSecrets() Difference {
	if secretPath.MatchString(d.Path) {
		d.Old, d.New = hideText(d.Old), hideText(d.New)
	}
	d.Old, d.New = withoutSecrets([]byte(d.Old)), withoutSecrets([]byte(d.New))
	return d
}

var secretPath = regexp.MustCompile(`(?i)/(meta_?data)(/|$)|/[^/]*(pass(word|phrase)?|secret[^/]*|token[^/]*|credential[^/]*|private[^/]*|api_?key|access_?key)(/|$)`)

func hideText(s string) string {
	if s == absent {
		return s
	}
	return hidden
}
