package rpc

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
	"github.com/glancegate/glancegate/registry/internal/coerce"
)

// hostile are long texts, by what they are made to cost.
func hostile() map[string]string {
	const size = 1 << 20
	fill := func(begin, unit, end string) string {
		return begin + strings.Repeat(unit, (size-len(begin)-len(end))/len(unit)) + end
	}
	return map[string]string{
		"digits":      fill("", "9", ""),
		"minus":       fill("-", "9", ""),
		"fraction":    fill("0.", "9", ""),
		"exponent":    fill("1e", "9", ""),
		"text":        fill(`"`, "9", `"`),
		"spaces":      fill(`"`, " ", `"`),
		"signs":       fill(`"`, "-", `"`),
		"escapes":     fill(`"`, `\u00e9`, `"`),
		"colons":      fill(`"`, ":", `"`),
		"commas":      fill(`"in:`, ",", `"`),
		"a time":      fill(`"2026-01-02T03:04:05.`, "9", `"`),
		"time object": fill(`{"_type": "datetime", "_value": "2026-01-02T03:04:05.`, "9", `"}`),
		"numbers":     fill("[", "1,", "1]"),
		"lists":       fill("[", "[],", "[]]"),
		"objects":     fill("[", "{},", "{}]"),
		"keys":        fill("{", `"a":1,`, `"a":1}`),
		"not numbers": fill("[", "NaN,", "1]"),
	}
}

// Whatever a client sends as an argument is read at little cost.
func TestCostOfArguments(t *testing.T) {
	for name, text := range hostile() {
		for _, argument := range []string{
			`"limit": %s`, `"marker": %s`, `"sort_key": %s`, `"sort_key": [%s]`, `"member_status": %s`,
			`"filters": %s`, `"filters": {"min_ram": %s}`, `"filters": {"name": %s}`, `"filters": {"created_at": %s}`, `"filters": {"size_max": %s}`,
		} {
			body := fmt.Sprintf(`[{"command": "image_get_all", "kwargs": {`+argument+`}}]`, text)
			t.Run(name+" "+argument, func(t *testing.T) {
				h := handler()
				h.BodyLimit, h.MaxDepth = 8<<20, 64
				r := httptest.NewRequest("POST", "/rpc", strings.NewReader(body))
				defer kit.Cheap(t, len(body))()
				calls, err := h.decode(httptest.NewRecorder(), r)
				if err != nil {
					return
				}
				if err := calls[0].bind(); err == nil {
					_, _ = calls[0].listRequest()
				}
			})
		}
	}
}

// A text is the list of its characters only while it is short.
func TestTextsAsLists(t *testing.T) {
	if list, err := textList("tags", "äb"); err != nil || len(list) != 2 {
		t.Error(list, err)
	}
	if _, err := textList("tags", strings.Repeat("a", coerce.MaxListText+1)); err == nil {
		t.Error("a long text is a list")
	}
}
