package policy

import (
	"strings"
	"testing"

	"github.com/glancegate/glancegate/compat"

	"github.com/glancegate/glancegate/integration/kit"
)

// A rule that is made of an expression can be asked, and says the opposite of
// its negation. One that is refused is refused within parentheses, too.
func FuzzExpression(f *testing.F) {
	for _, text := range []string{
		"", "@", "!", "role:admin or (role:x and not project_id:6c1f)", "'a':%(b)s", "rule:a or rule:default",
		"is_admin:*", "((", "role:admin)", "not", "https://x", "a:100%%", "İ:x or K:y",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer kit.Cheap(t, len(text))()
		make := func(text string) (*Rule, error) {
			file := &File{rules: map[string]definition{
				ContextIsAdmin: {"f", text}, "a": {"f", "role:a"}, DefaultRule: {"f", "!"},
			}}
			return file.Rule(ContextIsAdmin, "", compat.Train)
		}
		r, err := make(text)
		negated, negatedErr := make("not ( " + text + " )")
		if strings.Contains(text, "(") || strings.Contains(text, ")") || strings.TrimSpace(text) == "" {
			return // parentheses may belong to others now, and nothing is no check
		}
		if (err == nil) != (negatedErr == nil) {
			t.Fatalf("%q: %v, negated: %v", text, err, negatedErr)
		}
		if err == nil && r.Allows(someone()) == negated.Allows(someone()) {
			t.Errorf("%q and its negation say the same", text)
		}
	})
}

func FuzzFile(f *testing.F) {
	for _, content := range []string{
		`{"context_is_admin": "role:admin"}`, "context_is_admin: [[role:a, role:b], rule:c]\nc: '@'\n",
		"{}", "# x", "a: &a b\nc: *a\n", "? - a\n: b\n", "<<: {a: b}\n",
	} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		defer kit.Cheap(t, len(content))()
		if len(content) > 1<<12 {
			return // nested YAML takes its time
		}
		file, err := Parse("f", content)
		if err != nil {
			return
		}
		if r, err := file.Rule(ContextIsAdmin, "", compat.Train); err == nil {
			r.Allows(someone())
		}
	})
}
