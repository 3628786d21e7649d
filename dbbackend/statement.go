package dbbackend

import (
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/registry/records"
)

// statement is SQL text with its arguments. Its name goes into a comment in
// front of the text, where the database's own logs show it, and to the
// observer.
type statement struct {
	d     *dialect
	name  string
	text  strings.Builder
	fixed string // in the place of text, where it was built before
	args  []any
}

// String is the SQL text.
func (s *statement) String() string {
	if s.fixed != "" {
		return s.fixed
	}
	return s.text.String()
}

func (d *dialect) statement(name string) *statement {
	s := &statement{d: d, name: name}
	s.sql("/* glance_registry ", name, " */ ")
	return s
}

// sql adds text as it is.
func (s *statement) sql(parts ...string) *statement {
	for _, p := range parts {
		s.text.WriteString(p)
	}
	return s
}

// arg adds a placeholder for a value that the driver takes.
func (s *statement) arg(v any) *statement {
	s.args = append(s.args, s.d.bind(v))
	if !s.d.numbered {
		s.text.WriteByte('?')
		return s
	}
	s.text.WriteByte('$')
	s.text.WriteString(strconv.Itoa(len(s.args)))
	return s
}

// argFor adds a placeholder for a value that is compared with, or stored in, a
// column of a kind.
func (s *statement) argFor(kind records.Kind, v any) error {
	bound, err := s.d.bindFor(kind, v)
	if err != nil {
		return err
	}
	s.arg(bound)
	return nil
}

// maxArguments is what all databases take in one statement: SQLite 32766,
// PostgreSQL 65535.
const maxArguments = 32_000

// fits is an error where a client has named more values than that.
func (s *statement) fits() error {
	if len(s.args) > maxArguments {
		return records.Errorf(records.BadValue, "A list can be filtered by %d values at most", maxArguments)
	}
	return nil
}

// list adds placeholders in parentheses.
func (s *statement) list(values []string) *statement {
	s.sql("(")
	for i, v := range values {
		if i > 0 {
			s.sql(", ")
		}
		s.arg(v)
	}
	return s.sql(")")
}

// boolean adds a constant; planners know more about it than about a parameter.
func (s *statement) boolean(b bool) *statement {
	if b {
		return s.sql(s.d.trueLiteral())
	}
	return s.sql(s.d.falseLiteral())
}
