package conformance

import "github.com/glancegate/glancegate/integration/servers"

// outcome is what a step did: the answer and, where somebody looked, the changed
// rows.
type outcome struct {
	dialect  servers.Kind
	response Response
	changes  Changes // nil: nobody looked
}

// against lists the differences between the outcome and a record.
func (o outcome) against(record Step) []string {
	found := compare(record.Request, record.Response, o.response, o.dialect)
	if o.changes == nil {
		return found
	}
	// Of several commands only some need have crashed.
	crash := len(record.Request.commands()) < 2 && record.Response.crashed()
	return append(found, compareChanges(record.Database, o.changes, crash)...)
}

// verdict is the judgement on an outcome that the database's own record does not
// have.
type verdict int

const (
	wrong    verdict = iota
	asMain           // right, as MariaDB's record has it
	harmless         // right, as nothing on record counts
)

// judge holds an outcome that does not agree with the database's own record
// against the main one. PostgreSQL and SQLite may be stricter than they were where
// MariaDB refused, and need not crash where only they did.
func (o outcome) judge(main, own Step) verdict {
	crashed := own.Response.crashed()
	if !main.Response.refused() && !crashed {
		return wrong
	}
	if len(o.against(main)) == 0 {
		return asMain
	}
	// The right order of a list that MariaDB would give is nowhere recorded.
	if crashed && !main.Response.refused() && own.Database == nil && o.response.Status < 300 {
		return harmless
	}
	return wrong
}
