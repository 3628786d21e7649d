package sqltext

import (
	"strconv"
	"strings"

	"github.com/glancegate/glancegate/registry/records"
)

// Statement is SQL text with arguments. Its name is in a comment before the text,
// which the logs of the database show, and is passed to the observer.
type Statement struct {
	d     *Dialect
	Name  string
	text  strings.Builder
	fixed string // the text, if it was built before
	Args  []any
}

// String is the SQL text.
func (s *Statement) String() string {
	if s.fixed != "" {
		return s.fixed
	}
	return s.text.String()
}

func (d *Dialect) NewStatement(name string) *Statement {
	s := &Statement{d: d, Name: name}
	s.SQL("/* glance_registry ", name, " */ ")
	return s
}

// Prepared is a statement whose text was built before.
func (d *Dialect) Prepared(name, text string, args ...any) *Statement {
	return &Statement{d: d, Name: name, fixed: text, Args: args}
}

// Fixed reports whether the text was built before, so that it pays to prepare it.
func (s *Statement) Fixed() bool { return s.fixed != "" }

// SQL adds text.
func (s *Statement) SQL(parts ...string) *Statement {
	for _, p := range parts {
		s.text.WriteString(p)
	}
	return s
}

// Arg adds a placeholder for a value.
func (s *Statement) Arg(v any) *Statement {
	s.Args = append(s.Args, s.d.bind(v))
	if !s.d.numbered {
		s.text.WriteByte('?')
		return s
	}
	s.text.WriteByte('$')
	s.text.WriteString(strconv.Itoa(len(s.Args)))
	return s
}

// ArgFor adds a placeholder for a value that is compared with, or stored in, a
// column of a kind.
func (s *Statement) ArgFor(kind records.Kind, v any) error {
	bound, err := s.d.bindFor(kind, v)
	if err != nil {
		return err
	}
	s.Arg(bound)
	return nil
}

// MaxArguments is what all databases take in one statement: SQLite 32766,
// PostgreSQL 65535.
const MaxArguments = 32_000

// fits returns an error if a client has given more values than that.
func (s *Statement) fits() error {
	if len(s.Args) > MaxArguments {
		return records.Errorf(records.BadValue, "A list can be filtered by %d values at most", MaxArguments)
	}
	return nil
}

// List adds placeholders in parentheses.
func (s *Statement) List(values []string) *Statement {
	s.SQL("(")
	for i, v := range values {
		if i > 0 {
			s.SQL(", ")
		}
		s.Arg(v)
	}
	return s.SQL(")")
}

// Boolean adds a constant, which planners handle better than a parameter.
func (s *Statement) Boolean(b bool) *Statement {
	if b {
		return s.SQL(s.d.trueLiteral())
	}
	return s.SQL(s.d.falseLiteral())
}

// Where adds a WHERE clause: columns of a table have these values.
func (s *Statement) Where(table records.Table, values records.Values) error {
	for n, a := range values {
		if n == 0 {
			s.SQL(" WHERE ")
		} else {
			s.SQL(" AND ")
		}
		s.SQL(a.Column, " = ")
		if err := s.ArgFor(kindOf(table, a.Column), a.Value); err != nil {
			return err
		}
	}
	return nil
}

// kindOf is the kind of a column.
func kindOf(table records.Table, column string) records.Kind {
	c, _ := records.ColumnOf(table, column)
	return c.Kind
}
