package rest

import "strings"

// uuidLike takes 32 hexadecimal digits in any of the spellings that Python's
// uuid module reads.
func uuidLike(text string) bool {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "urn:", ""), "uuid:", "")
	text = strings.ReplaceAll(strings.Trim(text, "{}"), "-", "")
	if len(text) != 32 {
		return false
	}
	return strings.Trim(text, "0123456789abcdefABCDEF") == ""
}
