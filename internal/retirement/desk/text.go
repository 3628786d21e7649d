package desk

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
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
			fmt.Fprintf(t, "%s\t%s\t%s\t%s ago\t%d\t%d\t%s\n", c.Peer, c.Kind, c.Project, age(d.At, c.Last), c.Reads, c.Writes, topRoutes(c))
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

func (d *Data) writePlan(w io.Writer, p Plan) {
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
