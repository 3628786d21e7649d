package shadow

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Nothing of a sample shows a secret: not the report, not the case.
func TestSecrets(t *testing.T) {
	x := exchange(false, "images.show")
	x.Request.URL = &url.URL{Path: "/images", RawQuery: "location=" + url.QueryEscape("swift://u:SECRET@host/c") + "&property-password=SECRET"}
	x.Request.Header = http.Header{
		"X-Auth-Token": {"SECRET"}, "X-Service-Catalog": {"SECRET"}, "Authorization": {"SECRET"}, "Cookie": {"SECRET"},
		"X-User-Name": {"SECRET"}, "X-Roles": {"admin"}, "X-Project-Id": {"p"},
	}
	x.Request.Body = []byte(`[{"kwargs": {"values": {"locations": [{"url": "swift+https://acct:us:SECRET/x@host/c/o", "metadata": {"key": "SECRET"}}]}}}]`)
	image := func(url string) string {
		return `{"image": {"location": "` + url + `", "location_data": [{"id": 1, "url": "` + url + `", "metadata": {"k": "SECRET", "n": {"m": "SECRET"}}}],
			"properties": {"os_password": "SECRET", "api_key": "SECRET", "plain": "s3://a:SECRET@h"}, "rows": [{"name": "admin_token", "value": "SECRET"}], "kept": "yes"}}`
	}
	old := answer(200, image("s3://key:SECRET@host/a"), "Location", "http://u:SECRET@h/x", "Set-Cookie", "SECRET")
	new := answer(200, strings.ReplaceAll(strings.ReplaceAll(image("s3://key:SECRET2@host/b"), `"SECRET"`, `"SECRET3"`), "yes", "no"))
	l := NewLedger()
	l.Keep(1)
	l.count(x, compare(x, old, new), old, new)
	r := l.Report()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	line, err := r.Samples[0].Case("")
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{string(text), string(line)} {
		if strings.Contains(shown, "SECRET") {
			t.Errorf("a secret is shown: %s", shown)
		}
		for _, part := range []string{"***@host", "X-Roles", "yes"} {
			if !strings.Contains(shown, part) {
				t.Errorf("%s is not shown: %s", part, shown)
			}
		}
	}
}

// What is cut off for people has no secrets either, nor a property whose name tells.
func TestSecretsInDifferences(t *testing.T) {
	x := exchange(true, "image_get")
	long := "swift+https://acct:SECRET/" + strings.Repeat("x", 200)
	row := `{"id": "i", "url": "` + long + `@host/", "metadata": {"k": "SECRET"}, "more": "` + strings.Repeat("y", 300) + `"}`
	for _, pair := range [][2]string{
		{`[{"locations": [` + row + `]}]`, `[{"locations": []}]`},
		{`[{"locations": []}]`, `[{"locations": [` + row + `]}]`},
		{`[{"properties": [{"id": 7, "name": "admin_password", "value": "SECRET"}]}]`, `[{"properties": [{"id": 7, "name": "admin_password", "value": "SECRET2"}]}]`},
		{`[{"paths": ["` + long + `@host/"]}]`, `[{"paths": []}]`},
	} {
		v := compare(x, answer(200, pair[0]), answer(200, pair[1]))
		if text := fmt.Sprintf("%+v", v); strings.Contains(text, "SECRET") || !strings.Contains(text, hidden) {
			t.Errorf("%s and %s: %s", pair[0], pair[1], text)
		}
	}
}

// Samples are bounded by number and bytes, and rare ones outlive frequent ones.
func TestSamplesAreBounded(t *testing.T) {
	l := NewLedger()
	l.Keep(10)
	different := func(call, body string) {
		x := exchange(false, call)
		l.count(x, compare(x, answer(200, `{"a": "`+body+`"}`), answer(200, `{}`)), answer(200, `{"a": "`+body+`"}`), answer(200, `{}`))
	}
	different("members.index", "rare")
	for range 100 {
		different("images.show", "frequent")
	}
	r := l.Report()
	if len(r.Samples) != 10 || r.Samples[9].Call != "members.index" || r.Different != 101 {
		t.Errorf("%d samples, the oldest of %s, %d differences", len(r.Samples), r.Samples[9].Call, r.Different)
	}
	l.Keep(10_000)
	for range 400 {
		different("images.show", strings.Repeat("x", 2*maxMessage))
	}
	if l.bytes > maxSamples || l.bytes < maxSamples/2 {
		t.Errorf("%d bytes of samples", l.bytes)
	}
	if _, err := l.Report().Samples[0].Case(""); err == nil {
		t.Error("a sample that was cut off became a case")
	}
	l.Keep(0)
	if l.bytes != 0 || len(l.samples) != 0 {
		t.Errorf("%d samples of %d bytes", len(l.samples), l.bytes)
	}
}

// Without a difference the rate is below 3 in N.
func TestConfidence(t *testing.T) {
	for compared, want := range map[int]string{0: "nothing was compared yet", 1: "too few", 300: "300 calls of 1 kind compared, 0 differences: with 95 % confidence, fewer than 1 in 100 such", 30000: "fewer than 1 in 10000 such"} {
		l := NewLedger()
		x := exchange(false, "images.show")
		for range compared {
			l.count(x, &comparison{}, nil, nil)
		}
		if got := l.Report().Summary(); !strings.Contains(got, want) {
			t.Errorf("%d: %s, want %s", compared, got, want)
		}
	}
}

// A report that begins anew takes nothing from the metrics.
func TestReset(t *testing.T) {
	l := NewLedger()
	x := exchange(false, "images.show")
	for range 3 {
		l.count(x, &comparison{}, nil, nil)
	}
	l.skip(Raced)
	l.Reset()
	if r, sum := l.Report(), l.Total(); r.Compared != 0 || len(r.Skipped) != 0 || sum.Calls["images.show"].Compared != 3 || sum.Skipped[Raced] != 1 {
		t.Errorf("%+v, %+v", r, sum)
	}
	var sum Counts
	sum.Add(l.Total())
	sum.Add(l.Total())
	if got := fmt.Sprint(sum.Calls["images.show"].Compared, sum.Skipped[Raced]); got != "6 2" {
		t.Error(got)
	}
}
