package conformance

import "strings"

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

// crashed reports whether the original failed in a way that nobody need copy.
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
