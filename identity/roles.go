package identity

import "strings"

const (
	// adminRole is what the policy that Glance shipped calls an admin.
	adminRole   = "admin"
	serviceRole = "service"
)

// parseRoles splits a list of roles at commas. The roles are lower-cased.
func parseRoles(list string) []string {
	if list == "" {
		return nil
	}
	roles := make([]string, 0, strings.Count(list, ",")+1)
	for role := range strings.SplitSeq(list, ",") {
		if role = lower(strings.Trim(role, " \t")); role != "" {
			roles = append(roles, role)
		}
	}
	return roles
}

// LowerCase returns the roles as the rules compare them.
func LowerCase(roles []string) []string {
	lowered := make([]string, len(roles))
	for n, role := range roles {
		lowered[n] = lower(role)
	}
	return lowered
}

// lower changes ASCII letters only. Unicode has letters outside ASCII whose
// lower case is within: with them "ADMİN" would be an admin.
func lower(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return lowerFrom(s, i)
		}
	}
	return s
}

func lowerFrom(s string, first int) string {
	b := []byte(s)
	for i := first; i < len(b); i++ {
		if 'A' <= b[i] && b[i] <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}
