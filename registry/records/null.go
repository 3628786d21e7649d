package records

import "database/sql"

// Null is a value that may be SQL NULL (JSON null). An empty text and a
// missing one are different things everywhere in Glance.
type Null[T any] = sql.Null[T]

// NullOf returns v as a value that is not null.
func NullOf[T any](v T) Null[T] { return Null[T]{V: v, Valid: true} }
