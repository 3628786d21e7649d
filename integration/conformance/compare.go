package conformance

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/glancegate/glancegate/integration/servers"
)

// compare lists the differences between a recorded answer and a fresh one, both
// in the normal form.
func compare(request Request, want, have Response, dialect servers.Kind) []string {
	refused := have.Status >= 400 && have.Status <= 500
	if want.Status == 500 {
		if refused {
			return nil
		}
		return []string{fmt.Sprintf("status: want 4xx or 500, since the original crashed; got %d %s",
			have.Status, short(have.Body.Value))}
	}
	if refused && want.Status == 200 && len(request.commands()) == 1 && firstIsCrash(want.Body.Value) {
		return nil
	}
	if want.Status != have.Status {
		return []string{fmt.Sprintf("status: want %d, got %d: %s", want.Status, have.Status, excerpt(have))}
	}
	found := compareHeaders(want, have)
	switch {
	case want.Picked.Present:
		d := differ{dialect: dialect}
		d.compare("picked", want.Picked.Value, have.Picked.Value)
		return append(found, d.found...)
	case want.Body.Present && !have.Body.Present:
		return append(found, fmt.Sprintf("body: want %s, got no JSON: %s", short(want.Body.Value), excerpt(have)))
	case want.Body.Present:
		d := differ{dialect: dialect}
		d.compare("", want.Body.Value, have.Body.Value)
		return append(found, d.found...)
	case want.Status >= 400:
		if !strings.Contains(have.Message, want.Message) {
			found = append(found, fmt.Sprintf("message: want %q, got %q", want.Message, have.Message))
		}
	case want.Text != nil && (have.Text == nil || *want.Text != *have.Text):
		found = append(found, fmt.Sprintf("text: want %q, got %s", *want.Text, excerpt(have)))
	}
	return found
}

// compareHeaders compares the headers that the record has. The content type of
// an error is free.
func compareHeaders(want, have Response) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(want.Headers)) {
		if name == "www-authenticate" || name == "content-type" && want.Status >= 400 {
			continue
		}
		w := want.Headers[name]
		h, present := have.Headers[name]
		if !present || essence(name, w) != essence(name, h) {
			found = append(found, fmt.Sprintf("header %s: want %q, got %q", name, w, h))
		}
	}
	return found
}

// essence is a header value without the freedom that its definition leaves.
func essence(name, value string) string {
	switch name {
	case "content-type":
		return strings.ReplaceAll(strings.ToLower(value), " ", "")
	case "allow":
		methods := strings.Split(value, ",")
		for i, m := range methods {
			methods[i] = strings.TrimSpace(m)
		}
		slices.Sort(methods)
		return strings.Join(methods, ",")
	case "location":
		if u, err := url.Parse(value); err == nil {
			return u.Path
		}
	}
	return value
}

// excerpt is the part of an answer that tells most.
func excerpt(r Response) string {
	switch {
	case r.Message != "":
		return r.Message
	case r.Body.Present:
		return short(r.Body.Value)
	case r.Picked.Present:
		return short(r.Picked.Value)
	case r.Text != nil:
		return short(*r.Text)
	default:
		return "(no text)"
	}
}
