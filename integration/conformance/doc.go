// Package conformance replays requests recorded from the original registry and
// compares answers and changed rows with the record.
//
// # Cases
//
// A case starts from a dataset freshly loaded and sends the requests of its
// steps one after the other. Of an answer a step holds the status, some headers,
// and one of: the JSON body; only the values at the path "pick"; the text of
// something that is not JSON. For an error it also holds the message, which is
// the text without markup, title and the web framework's stock sentences. A step
// that may write also holds the rows it changed, table by table. Where PostgreSQL
// or SQLite answer differently from MariaDB, the case has a variant.
//
// # Normal form
//
// What differs from run to run has a placeholder in the record, and a fresh
// answer is brought into the same form before it is compared: a time of now is
// <now:seconds>, <now:micros0> or <now:micros>, by the way it is written; a UUID
// that neither a dataset nor a request contains is <uuid>; a request id is
// <request-id>; a new row's number is <rowid>. Lists without a defined order are
// sorted.
//
// # Comparison
//
// Status, body, kept headers and changed rows must agree, with the types of JSON:
// 1, 1.0, "1" and true are four different values. Of an error only the status and
// the message count. Where the original crashed, any refusal will do that changes
// nothing, or exactly what the record says.
package conformance
