package desk

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"
)

// The size of the heat map, in cells and in pixels of its drawing.
const (
	maxRows  = 15
	hours    = 7 * 24
	cell     = 5
	rowStep  = 18
	labels   = 190
	topSpace = 22
)

// row is the calls of one caller by hour.
type row struct {
	name  string
	calls [hours]int64
	total int64
}

// rows are the callers with the most calls of the last week.
func (d *Data) rows() []row {
	last := d.At.Unix() / 3600
	var list []row
	for _, c := range d.Callers {
		r := row{name: strings.TrimSpace(c.Peer + " " + string(c.Kind))}
		for hour, n := range c.Hours {
			if place := hours - 1 - (last - hour); place >= 0 && place < hours {
				r.calls[place] += n
				r.total += n
			}
		}
		if r.total > 0 {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b row) int { return cmp.Compare(b.total, a.total) })
	return list[:min(len(list), maxRows)]
}

// HeatMap draws the calls of the last week, an SVG with a row for each caller and a cell
// for each hour. It is empty where nothing called.
func (d *Data) HeatMap() template.HTML {
	rows := d.rows()
	if len(rows) == 0 {
		return ""
	}
	var most int64
	for _, r := range rows {
		most = max(most, slices.Max(r.calls[:]))
	}
	var b strings.Builder
	width, height := labels+hours*cell, topSpace+len(rows)*rowStep
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="heat-title">`, width, height, width, height)
	fmt.Fprintf(&b, `<title id="heat-title">Calls by hour and caller in the last seven days; the table below has the numbers</title>`)
	d.days(&b)
	for n, r := range rows {
		y := topSpace + n*rowStep
		fmt.Fprintf(&b, `<text x="0" y="%d">%s</text>`, y+11, template.HTMLEscapeString(short(r.name)))
		for place, calls := range r.calls {
			if calls > 0 {
				fmt.Fprintf(&b, `<rect class="heat%d" x="%d" y="%d" width="%d" height="14"/>`, shade(calls, most), labels+place*cell, y, cell-1)
			}
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) // made of numbers, and of escaped names
}

// days writes the dates above the cells.
func (d *Data) days(b *strings.Builder) {
	first := d.At.UTC().Truncate(time.Hour).Add(-(hours - 1) * time.Hour)
	for place := range hours {
		if at := first.Add(time.Duration(place) * time.Hour); at.Hour() == 0 {
			fmt.Fprintf(b, `<text x="%d" y="12">%s</text>`, labels+place*cell, at.Format("Mon 2"))
		}
	}
}

const shades = 5

// shade is the depth of a cell, 1 to shades, by the logarithm of its calls.
func shade(calls, most int64) int {
	if most <= 1 {
		return shades
	}
	return 1 + int(math.Log(float64(calls))/math.Log(float64(most))*(shades-1))
}

// short fits a name into the space for labels.
func short(name string) string {
	const limit = 30
	if runes := []rune(name); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return name
}
