package documents

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/architecture.svg anew")

const picture = "../../docs/architecture.svg"

// Sizes in pixels. A character of the fixed-width font takes 0.6 of its size.
const (
	fontSize   = 13
	charWidth  = 0.6 * fontSize
	chipHeight = 24
	chipGap    = 14
	chipRow    = chipHeight + 16
	padding    = 12
	lineHeight = 17
	boxGap     = 28
	rowGap     = 44
	laneWidth  = 16
)

// docs/architecture.svg shows the imports as they are.
func TestPicture(t *testing.T) {
	drawn := draw(t, imports(t).within(func(name string) bool { return folder(name) != "integration" }))
	if *update {
		if err := os.WriteFile(picture, []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != drawn {
		t.Errorf("docs/architecture.svg does not show the imports as they are; run: go test ./integration/documents -run Picture -update")
	}
}

// Whatever the imports are, boxes do not overlap and arrows lead down.
func TestPictureLayout(t *testing.T) {
	packages := imports(t).within(func(name string) bool { return folder(name) != "integration" })
	for n, row := range place(t, packages).rows {
		for m, b := range row {
			if m > 0 && b.x < row[m-1].x+row[m-1].width {
				t.Errorf("row %d: %s and %s overlap", n, row[m-1].name, b.name)
			}
		}
	}
}

// box is a folder with its packages, or a lane: a gap through which an arrow
// passes a row.
type box struct {
	name                string
	chips               []chip
	edges               graph  // between the packages
	footer              string // what the folder imports
	x, y, width, height float64
	bottom              float64 // of its row
	lane                bool
	pulls               []*box // the boxes of the row above with arrows to this one
}

// chip is a package in its box; x and y count from the corner of the box.
type chip struct {
	name, label string
	x, y, width float64
}

// layout is where everything is.
type layout struct {
	rows          [][]*box
	arrows        [][]*box // from a folder, through lanes, to another folder
	width, height float64
}

func textWidth(text string) float64 { return charWidth * float64(len(text)) }

// fill puts the packages of a folder into its box.
func (b *box) fill(t *testing.T, packages graph, imported []string) {
	inside := packages.within(func(name string) bool { return folder(name) == b.name })
	b.edges = inside.reduced()
	if len(imported) > 0 {
		b.footer = "imports " + strings.ReplaceAll(strings.Join(imported, ", "), ".", "the root package")
	}
	rows := inside.rows(t)
	widths := make([]float64, len(rows))
	for n, row := range rows {
		for _, name := range row {
			label := name
			if name == "." {
				label = "glancegate (root package)"
			} else if name != b.name {
				label = strings.TrimPrefix(name, b.name+"/")
			}
			c := chip{name: name, label: label, x: widths[n], y: padding + chipRow*float64(n), width: textWidth(label) + 20}
			widths[n] += c.width + chipGap
			b.chips = append(b.chips, c)
		}
	}
	b.width = max(slices.Max(widths)-chipGap, textWidth(b.footer)) + 2*padding
	for n := range b.chips {
		c := &b.chips[n]
		row := int((c.y - padding) / chipRow)
		c.x += (b.width - widths[row] + chipGap) / 2
	}
	b.height = padding + chipRow*float64(len(rows)) - (chipRow - chipHeight) + padding
	if b.footer != "" {
		b.height += lineHeight
	}
}

// place makes the boxes and finds a place for each of them.
func place(t *testing.T, packages graph) layout {
	t.Helper()
	folders := packages.byFolder()
	var l layout
	boxes, rowOf := map[string]*box{}, map[string]int{}
	for n, row := range folders.rows(t) {
		l.rows = append(l.rows, nil)
		for _, name := range row {
			b := &box{name: name}
			b.fill(t, packages, folders[name])
			boxes[name], rowOf[name] = b, n
			l.rows[n] = append(l.rows[n], b)
		}
	}
	reduced := folders.reduced()
	for _, from := range reduced.nodes() {
		for _, to := range reduced[from] {
			arrow := []*box{boxes[from]}
			for n := rowOf[from] + 1; n < rowOf[to]; n++ {
				lane := &box{name: from + " to " + to, lane: true, width: laneWidth}
				l.rows[n] = append(l.rows[n], lane)
				arrow = append(arrow, lane)
			}
			arrow = append(arrow, boxes[to])
			for n, b := range arrow[1:] {
				b.pulls = append(b.pulls, arrow[n])
			}
			l.arrows = append(l.arrows, arrow)
		}
	}
	l.spread()
	return l
}

// spread gives boxes their coordinates, row by row from above: in the order of
// the middles of the boxes that have arrows to them.
func (l *layout) spread() {
	rowWidth := func(row []*box) float64 {
		width := -float64(boxGap)
		for _, b := range row {
			width += b.width + boxGap
		}
		return width
	}
	for _, row := range l.rows {
		l.width = max(l.width, rowWidth(row)+2*padding)
	}
	y := float64(padding)
	for _, row := range l.rows {
		middle := func(b *box) float64 {
			if len(b.pulls) == 0 {
				return l.width / 2
			}
			sum := 0.0
			for _, p := range b.pulls {
				sum += p.x + p.width/2
			}
			return sum / float64(len(b.pulls))
		}
		slices.SortStableFunc(row, func(a, b *box) int { return int(middle(a) - middle(b)) })
		x, height := (l.width-rowWidth(row))/2, 0.0
		for _, b := range row {
			b.x, b.y = x, y
			x += b.width + boxGap
			height = max(height, b.height)
		}
		for _, b := range row {
			b.bottom = y + height
		}
		y += height + rowGap
	}
	l.height = y - rowGap + padding
}

const style = `<style>
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1c2430; }
.own { font-weight: bold; }
.footer { fill: #4c5867; }
.paper { fill: #ffffff; }
.box { fill: #f3f5f8; stroke: #8a94a3; }
.chip { fill: #ffffff; stroke: #8a94a3; }
.edge { stroke: #8a94a3; fill: none; }
.arrow { stroke: #2f6db5; stroke-width: 2; fill: none; marker-end: url(#head); }
#head path { fill: #2f6db5; }
@media (prefers-color-scheme: dark) {
text { fill: #e8edf3; }
.footer { fill: #aeb9c7; }
.paper { fill: #0d1117; }
.box { fill: #161c25; stroke: #6b7788; }
.chip { fill: #222b38; stroke: #6b7788; }
.edge { stroke: #6b7788; }
.arrow { stroke: #6ea8ec; }
#head path { fill: #6ea8ec; }
}
</style>
<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker>
`

// draw makes the SVG.
func draw(t *testing.T, packages graph) string {
	t.Helper()
	l := place(t, packages)
	var out strings.Builder
	fmt.Fprintf(&out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\">\n", l.width, l.height, l.width, l.height)
	out.WriteString("<title>The packages and their imports</title>\n" + style)
	fmt.Fprintf(&out, "<rect class=\"paper\" width=\"%.0f\" height=\"%.0f\"/>\n", l.width, l.height)
	for _, arrow := range l.arrows {
		out.WriteString(arrowPath(arrow))
	}
	for _, row := range l.rows {
		for _, b := range row {
			if !b.lane {
				b.draw(&out)
			}
		}
	}
	out.WriteString("</svg>\n")
	return out.String()
}

// arrowPath draws an arrow through its lanes.
func arrowPath(arrow []*box) string {
	last := arrow[len(arrow)-1]
	x := arrow[0].x + entry(arrow[0], arrow[1])
	d := fmt.Sprintf("M%.0f,%.0f", x, arrow[0].y+arrow[0].height)
	for n, b := range arrow[1:] {
		y, toX := arrow[n].bottom, b.x+b.width/2
		if b == last {
			toX = b.x + entry(b, arrow[n])
		}
		d += fmt.Sprintf(" V%.0f C%.0f,%.0f %.0f,%.0f %.0f,%.0f", y, x, y+rowGap/2, toX, b.y-rowGap/2, toX, b.y)
		x = toX
	}
	return "<path class=\"arrow\" d=\"" + d + "\"/>\n"
}

// entry is where on the edge of a box an arrow begins or ends: near its other
// end, within the middle of the edge.
func entry(b, other *box) float64 {
	at := other.x + other.width/2 - b.x
	return min(max(at, b.width*0.2), b.width*0.8)
}

func (b *box) draw(out *strings.Builder) {
	fmt.Fprintf(out, "<g transform=\"translate(%.0f,%.0f)\">\n<rect class=\"box\" rx=\"6\" width=\"%.0f\" height=\"%.0f\"/>\n", b.x, b.y, b.width, b.height)
	at := map[string]chip{}
	for _, c := range b.chips {
		at[c.name] = c
	}
	for _, from := range b.edges.nodes() {
		for _, to := range b.edges[from] {
			f, g := at[from], at[to]
			fmt.Fprintf(out, "<path class=\"edge\" d=\"M%.0f,%.0f L%.0f,%.0f\"/>\n", f.x+f.width/2, f.y+chipHeight, g.x+g.width/2, g.y)
		}
	}
	for _, c := range b.chips {
		class := ""
		if c.name == b.name {
			class = " class=\"own\""
		}
		fmt.Fprintf(out, "<rect class=\"chip\" rx=\"4\" x=\"%.0f\" y=\"%.0f\" width=\"%.0f\" height=\"%d\"/><text%s x=\"%.0f\" y=\"%.0f\">%s</text>\n",
			c.x, c.y, c.width, chipHeight, class, c.x+10, c.y+chipHeight-7, c.label)
	}
	if b.footer != "" {
		fmt.Fprintf(out, "<text class=\"footer\" x=\"%d\" y=\"%.0f\">%s</text>\n", padding, b.height-padding, b.footer)
	}
	out.WriteString("</g>\n")
}
