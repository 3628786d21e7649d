// Package testdata holds what the tests read: Glance's database schema and the
// requests and answers recorded from the original registry.
//
//	schema/<release>.<dialect>.sql  statements for an empty database
//	release/<release>.json          the tables that glance-manage of a release makes
//	datasets/<name>.json.gz         the rows before a case
//	cases/<group>.jsonl.gz          the cases, one JSON object a line
//
// Package conformance documents the last two. Where the original answered with an
// Infinity, which is no JSON, the record has 1e999.
package testdata

import "embed"

// Files are the files of this folder.
//
//go:embed schema release datasets cases
var Files embed.FS
