package release

import (
	"fmt"
	"strings"
)

// Markdown is the table of the documentation.
func Markdown() string {
	var b strings.Builder
	b.WriteString("| releases | in the version table | expanded | what the migration changes | what the gateway does |\n|---|---|---|---|---|\n")
	for _, r := range Releases {
		var ids []string
		for _, v := range r.Migrate {
			ids = append(ids, fmt.Sprintf("%d", v))
		}
		change := r.Schema
		if r.Data != "" {
			change = strings.TrimPrefix(change+"; rows: "+r.Data, "; ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.Names(), codes(append(ids, r.Complete...)), codes(r.Expand),
			orDash(change), orDash(r.Gateway))
	}
	return b.String()
}

func codes(ids []string) string {
	if len(ids) == 0 {
		return "–"
	}
	return "`" + strings.Join(ids, "`, `") + "`"
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}
