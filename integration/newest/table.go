package main

import "strings"

// key is the place of a line in the table, line the rest of it.
type (
	key  struct{ server, subject string }
	line struct{ server, result, date string }
)

const head = "| server | what was run | result | date |\n|---|---|---|---|\n"

// readTable reads the lines of a page that belong to the matrix.
func readTable(page string) map[key]line {
	lines := map[key]line{}
	_, table, _ := strings.Cut(page, head)
	for row := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(row, "| \n"), " | ")
		if len(cells) != 4 {
			break
		}
		name := cells[0]
		name = name[:max(0, strings.LastIndexByte(name, ' '))] // without the version
		lines[key{name, cells[1]}] = line{cells[0], cells[2], cells[3]}
	}
	return lines
}

// writeTable puts the lines into the page, in the order of the matrix.
func writeTable(page string, lines map[key]line) string {
	before, rest, _ := strings.Cut(page, head)
	var table strings.Builder
	table.WriteString(head)
	for _, s := range matrix {
		for _, subject := range s.matters {
			if l, ok := lines[key{s.name, subject.name}]; ok {
				table.WriteString("| " + l.server + " | " + subject.name + " | " + l.result + " | " + l.date + " |\n")
			}
		}
	}
	for strings.HasPrefix(rest, "|") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	return before + table.String() + rest
}
