package identity

import (
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

func TestParseRoles(t *testing.T) {
	tests := []struct {
		list string
		want []string
	}{
		{"", nil},
		{"member", []string{"member"}},
		{"AdMiN,Member", []string{"admin", "member"}},
		{" admin ,\tservice ", []string{"admin", "service"}},
		{"a,,b,", []string{"a", "b"}},
		{" , ", nil},
		{"load-balancer_member Member", []string{"load-balancer_member member"}},
		{"ADMİN,\u212aey", []string{"admİn", "\u212aey"}},
	}
	for _, tt := range tests {
		if got := parseRoles(tt.list); !slices.Equal(got, tt.want) {
			t.Errorf("parseRoles(%q) = %q, want %q", tt.list, got, tt.want)
		}
	}
}

func FuzzParseRoles(f *testing.F) {
	f.Add("AdMiN,Member")
	f.Add(" ,\t,ADMİN")
	f.Fuzz(func(t *testing.T, list string) {
		defer kit.Cheap(t, len(list))()
		roles := parseRoles(list)
		for _, role := range roles {
			if role == "" || role != strings.Trim(role, " \t") || strings.ContainsAny(role, ",ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
				t.Errorf("role %q of %q", role, list)
			}
		}
		if again := parseRoles(strings.Join(roles, ",")); !slices.Equal(again, roles) {
			t.Errorf("%q, read again %q", roles, again)
		}
	})
}
