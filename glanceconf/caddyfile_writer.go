package glanceconf

import (
	"fmt"
	"strings"
	"unicode"
)

// writer writes the lines of a Caddyfile.
type writer struct {
	strings.Builder
	depth int
}

func (w *writer) line(words ...string) {
	w.words(words)
	w.WriteByte('\n')
}

// open begins a block, with nothing in front of it or with words.
func (w *writer) open(words ...string) {
	w.words(words)
	if len(words) > 0 {
		w.WriteByte(' ')
	}
	w.WriteString("{\n")
	w.depth++
}

func (w *writer) words(words []string) {
	w.WriteString(strings.Repeat("\t", w.depth))
	for i, word := range words {
		if i > 0 {
			w.WriteByte(' ')
		}
		w.WriteString(quoted(word))
	}
}

func (w *writer) close() {
	w.depth--
	w.line("}")
}

// comment writes a text, which may come from the files, into one line.
func (w *writer) comment(format string, args ...any) {
	text := strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		return c
	}, fmt.Sprintf(format, args...))
	// {$X} is replaced in comments, too.
	text = strings.ReplaceAll(text, "{$", "{ $")
	w.WriteString(strings.TrimRight("# "+text, " ") + "\n")
}

// quoted quotes a word for the Caddyfile's lexer. The word has no line ends or
// backquotes.
func quoted(word string) string {
	// `caddy fmt` mistakes a brace within a word for a block.
	if word == "" || word[0] == '#' || strings.ContainsAny(word, "\"\\<") ||
		strings.ContainsFunc(word, unicode.IsSpace) || strings.LastIndexByte(word, '{') > 0 {
		return "`" + word + "`"
	}
	return word
}
