// Package testdata holds what was recorded from the originals: the tables that
// glance-manage makes, and the requests and answers of the registry.
//
//	release/<release>.json   the tables of a release
//	datasets/<name>.json.gz  the rows before a case
//	cases/<group>.jsonl.gz   the cases, one JSON object a line
//
// Package conformance documents the last two. Where the original answered with an
// Infinity, which is no JSON, the record has 1e999.
package testdata

import "embed"

// Files are the files of this folder.
//
//go:embed release datasets cases
var Files embed.FS
