package desk

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"time"

	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

//go:embed page.html main.html
var templates embed.FS

// The files that the page needs beside it.
var (
	//go:embed style.css
	Style []byte

	//go:embed live.js
	Script []byte
)

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"age":       age,
	"total":     total,
	"topRoutes": topRoutes,
	"time":      func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") },
	"shown":     func(s []*shadow.Sample) []*shadow.Sample { return s[:min(len(s), maxShown)] },
	"percent":   func(share float64) string { return fmt.Sprintf("%g %%", share*100) },
}).ParseFS(templates, "page.html", "main.html"))

// WritePage writes the whole page, in HTML. It refers to style.css, live.js, data.json and
// events, and to nothing of another server.
func (d *Data) WritePage(w io.Writer) error { return pages.ExecuteTemplate(w, "page.html", d) }

// Main is the part of the page that changes.
func (d *Data) Main() ([]byte, error) {
	var b bytes.Buffer
	err := pages.ExecuteTemplate(&b, "main.html", d)
	return b.Bytes(), err
}

// Headline says how long ago the last call was.
func (d *Data) Headline() string {
	switch {
	case !d.Counted:
		return "Calls are not counted"
	case d.LastCall == nil:
		return "No call is known"
	}
	return age(d.At, *d.LastCall) + " since the last call"
}

// age is the time between two moments, in words.
func age(now, then time.Time) string {
	d := max(0, now.Sub(then))
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if n := int(d / unit.length); n == 1 {
			return "1 " + unit.name
		} else if n > 1 {
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return "less than a minute"
}
