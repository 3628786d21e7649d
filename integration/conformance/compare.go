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

// excerpt is the most informative part of an answer.
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

// compareChanges lists the differences between recorded changes and those seen.
// After a crash of the original nothing need have changed.
func compareChanges(want, have Changes, afterCrash bool) []string {
	if afterCrash && len(have) == 0 {
		return nil
	}
	all := maps.Clone(have)
	maps.Copy(all, want)
	var found []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, difference := range compareTable(want[name], have[name]) {
			found = append(found, "database "+name+": "+difference)
		}
	}
	return found
}

// compareTable compares the changes of one table, both sorted.
func compareTable(want, have []any) []string {
	if same(want, have) {
		return nil
	}
	missing, extra := subtract(want, have), subtract(have, want)
	if len(missing) == 0 && len(extra) == 0 {
		return []string{fmt.Sprintf("same changes, other counts: want %s, got %s", short(want), short(have))}
	}
	if len(missing) == 1 && len(extra) == 1 {
		d := differ{dialect: servers.MySQL}
		d.compare("", missing[0], extra[0])
		return []string{strings.Join(d.found, "; ")}
	}
	var found []string
	for _, c := range missing {
		found = append(found, "missing change "+short(c))
	}
	for _, c := range extra {
		found = append(found, "unexpected change "+short(c))
	}
	return found
}

// subtract is the items of a list that do not occur in another.
func subtract(list, other []any) []any {
	return slices.DeleteFunc(slices.Clone(list), func(x any) bool {
		return slices.ContainsFunc(other, func(y any) bool { return same(x, y) })
	})
}

// The original answers a failed RPC command with status 200 and
// {"_error": {"cls": class, "val": text}} in the place of the result.

// isRPCError reports whether v is such an error and nothing else.
func isRPCError(v any) bool {
	object, _ := v.(map[string]any)
	_, found := object["_error"]
	return found && len(object) == 1
}

// isRPCCrash reports whether v is an RPC error that was an accident inside the
// original: wrong arguments, or trouble with the database.
func isRPCCrash(v any) bool {
	object, _ := v.(map[string]any)
	failure, ok := object["_error"].(map[string]any)
	if !ok {
		return false
	}
	class, _ := failure["cls"].(string)
	return !strings.HasPrefix(class, "glance.common.exception.") || class == "glance.common.exception.RPCError"
}

// firstIsCrash is isRPCCrash for the result of a request's first command.
func firstIsCrash(body any) bool {
	results, _ := body.([]any)
	return len(results) > 0 && isRPCCrash(results[0])
}

// crashed reports whether the original failed in a way that need not be copied.
func (r Response) crashed() bool {
	return r.Status == 500 || r.anyResult(isRPCCrash)
}

// refused reports whether the answer is an error of any kind.
func (r Response) refused() bool {
	return r.Status >= 400 || r.anyResult(isRPCError)
}

func (r Response) anyResult(is func(any) bool) bool {
	results, _ := r.Body.Value.([]any)
	for _, v := range results {
		if is(v) {
			return true
		}
	}
	return false
}
