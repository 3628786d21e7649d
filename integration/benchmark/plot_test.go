package benchmark

import (
	"fmt"
	"strings"
)

// Sizes of a plot, in pixels.
const (
	plotWidth = 760
	barHeight = 18
	labelEnd  = 130 // where bars begin
	barMax    = 520 // of the fastest
)

func (s *section) plotName() string { return "benchmarks-" + string(s.dialect) + ".svg" }

// plot draws a bar for each target of each measure. Bars of one measure have one
// scale.
func (s *section) plot() string {
	var body strings.Builder
	y := 8
	for _, r := range s.rows {
		y += 22
		fmt.Fprintf(&body, "<text x='8' y='%d' class='measure'>%s</text>\n", y, r.name)
		y += 8
		fastest := 0.0
		for _, target := range order {
			fastest = max(fastest, r.rate(target))
		}
		for _, target := range order {
			rate := r.rate(target)
			if rate == 0 {
				continue
			}
			class := "other"
			if target == cachedTarget || target == uncachedTarget {
				class = "gateway"
			}
			width := max(1, int(barMax*rate/fastest))
			fmt.Fprintf(&body, "<text x='%d' y='%d' class='label'>%s</text><rect x='%d' y='%d' width='%d' height='%d' class='%s'/><text x='%d' y='%d'>%.0f</text>\n",
				labelEnd-8, y+13, target, labelEnd, y, width, barHeight-4, class, labelEnd+width+6, y+13, rate)
			y += barHeight
		}
	}
	return fmt.Sprintf("<svg xmlns='http://www.w3.org/2000/svg' width='%[1]d' height='%[2]d' viewBox='0 0 %[1]d %[2]d' role='img' aria-label='requests a second'>\n"+
		"<style>svg{background:#fff}text{font:12px sans-serif;fill:#222}.measure{font-weight:bold}.label{text-anchor:end}.gateway{fill:#2b6cb0}.other{fill:#a0aec0}</style>\n%[3]s</svg>\n",
		plotWidth, y+12, &body)
}
