package desk

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/glancegate/glancegate/internal/retirement"
	"github.com/glancegate/glancegate/internal/retirement/shadow"
)

// WriteText writes a report for terminals and printers.
func (d *Data) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintf(t, "%s (as of %s)\n", d.Headline(), d.At.UTC().Format(time.RFC3339))
	for _, problem := range d.Problems {
		fmt.Fprintf(t, "! %s\n", problem)
	}
	if len(d.Callers) > 0 {
		fmt.Fprint(t, "\nCALLER\tKIND\tPROJECT\tLAST CALL\tREADS\tWRITES\tASKS FOR\n")
		for _, c := range d.Callers {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s ago\t%d\t%d\t%s\n", strings.TrimSpace(c.Peer+" "+c.Name), c.Kind, c.Project, age(d.At, c.Last), c.Reads, c.Writes, topRoutes(c))
		}
		fmt.Fprint(t, "\nWhat to change:\n")
		seen := make(map[Advice]bool)
		for _, c := range d.Callers {
			if !seen[c.Advice] {
				seen[c.Advice] = true
				fmt.Fprintf(t, "- %s: %s (%s)\n", c.Kind, c.Advice.Change, c.Advice.Where)
			}
		}
	}
	for _, r := range d.Shadows {
		writeShadow(t, r)
	}
	fmt.Fprint(t, "\nPlanned:\n")
	for _, p := range d.Plans {
		d.writePlan(t, p)
	}
	if len(d.Plans) == 0 {
		fmt.Fprint(t, "- no end is planned\n")
	}
	fmt.Fprint(t, "\nDatabases and caches:\n")
	for _, s := range append(d.Databases[:len(d.Databases):len(d.Databases)], d.Caches...) {
		fmt.Fprintf(t, "- %s: %s\n", s.Name, s.State)
	}
	return t.Flush()
}

func (d *Data) writePlan(w io.Writer, p retirement.Report) {
	fmt.Fprintf(w, "- now: %s", p.Phase)
	if p.DryRun {
		fmt.Fprint(w, " (dry run: nothing is refused)")
	}
	if p.Sunset != nil {
		fmt.Fprintf(w, "; sunset %s", p.Sunset.UTC().Format(time.RFC3339))
	}
	for _, b := range p.Brownouts {
		fmt.Fprintf(w, "; brownout %s to %s", b.Start.UTC().Format(time.RFC3339), b.End.UTC().Format(time.RFC3339))
	}
	fmt.Fprintln(w)
}

// maxShown bounds the differences of a shadow that a page shows.
const maxShown = 20

func writeShadow(w io.Writer, r *shadow.Report) {
	fmt.Fprintf(w, "\nCompared with %s, since %s (serve %s):\n- %s\n", r.Old, r.Since.Format(time.RFC3339), r.Serve, r.Summary())
	if !r.Service.Reachable {
		fmt.Fprintf(w, "- ! the old registry does not answer: %s\n", r.Service.LastError)
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Skipped)) {
		fmt.Fprintf(w, "- not compared: %s: %d\n", reason, r.Skipped[reason])
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Allowed)) {
		fmt.Fprintf(w, "- may differ: %s: %d\n", reason, r.Allowed[reason])
	}
	if len(r.Samples) > 0 {
		fmt.Fprint(w, "\nCALL\tKIND\tWHERE\tOLD REGISTRY\tGATEWAY\n")
	}
	for _, s := range r.Samples[:min(len(r.Samples), maxShown)] {
		for _, d := range s.Differences {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.Call, d.Kind, d.Path, d.Old, d.New)
		}
	}
}
