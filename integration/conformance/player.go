package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/glancegate/glancegate/integration/servers"
)

// errSilent is the failure of a request that got no answer.
var errSilent = errors.New("no answer")

// rows are what the replay knows of the database behind the gateway.
type rows interface {
	prepare(ctx context.Context, dataset string) error
	look(ctx context.Context, taken captures) (Changes, error)
	restore(ctx context.Context) error
	differs() (*schema, *Dataset)
}

// player plays cases against one target.
type player struct {
	clients []*client
	turn    int
	rows    rows
	dialect servers.Kind

	loaded, written func() error
}

func (p *player) dial(baseURLs []string) error {
	for _, u := range baseURLs {
		c, err := newClient(u)
		if err != nil {
			return err
		}
		p.clients = append(p.clients, c)
	}
	return nil
}

func (p *player) hangUp() {
	for _, c := range p.clients {
		c.close()
	}
}

// play plays one case and leaves the dataset as it was. The error tells of the
// first step that went wrong; what comes after it says little.
func (p *player) play(ctx context.Context, c *Case) error {
	if err := p.rows.prepare(ctx, c.Dataset); err != nil {
		return err
	}
	if p.loaded != nil {
		if err := p.loaded(); err != nil {
			return err
		}
	}
	schema, set := p.rows.differs()
	if schema != nil {
		if reason := schema.applies(c); reason != "" {
			return &notApplicable{reason}
		}
	}
	c = schema.translate(c, set)
	run := caseRun{player: p, schema: schema, taken: captures{}, variant: c.Variants[p.dialect]}
	err := run.steps(ctx, c)
	if run.touched || err != nil {
		err = errors.Join(err, p.rows.restore(ctx))
	}
	return err
}

// notApplicable is the reason why a case was not played.
type notApplicable struct{ reason string }

func (n *notApplicable) Error() string { return "not played: it " + n.reason }

// send sends a request to the client whose turn it is.
func (p *player) send(r Request, taken captures) (*answer, error) {
	c := p.clients[p.turn%len(p.clients)]
	p.turn++
	a, err := c.send(r, taken)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errSilent, err)
	}
	return a, nil
}

// failure describes a step that went wrong.
func failure(c *Case, number int, problems []string) error {
	r := c.Steps[number].Request
	var b strings.Builder
	fmt.Fprintf(&b, "step %d of %d, dataset %s: %s %s", number+1, len(c.Steps), c.Dataset, r.Method, r.Path)
	fmt.Fprintf(&b, "\n  user=%s project=%s roles=%s",
		r.Headers["X-User-Id"], r.Headers["X-Project-Id"], r.Headers["X-Roles"])
	if body, present := r.payload(nil); present {
		fmt.Fprintf(&b, "\n  body %.300s", body)
	}
	for _, p := range problems {
		b.WriteString("\n  - " + p)
	}
	return errors.New(b.String())
}

// caseRun is one case under way.
type caseRun struct {
	*player
	schema  *schema
	touched bool // something may have changed
	taken   captures
	variant map[int]Variant // the answers of this database, while they count
}

func (run *caseRun) steps(ctx context.Context, c *Case) error {
	for i, step := range c.Steps {
		problems, err := run.step(ctx, step, i)
		if err != nil {
			return fmt.Errorf("%w: %w", failure(c, i, nil), err)
		}
		if len(problems) > 0 {
			return failure(c, i, problems)
		}
	}
	return nil
}

// step plays one step and lists what is wrong with the answer and its effect.
func (run *caseRun) step(ctx context.Context, step Step, number int) ([]string, error) {
	variant, varies := run.variant[number]
	want := step.on(variant)
	a, err := run.send(step.Request, run.taken)
	if err != nil {
		return nil, err
	}
	// The normal form of this answer must not know what it gives itself.
	n := normalizer{dialect: run.dialect, captured: run.taken.values(), schema: run.schema}
	seen := outcome{dialect: run.dialect, response: n.response(step, a)}
	run.taken.take(a.body, step.Capture)
	if step.Request.Method != http.MethodGet && step.Request.Method != http.MethodHead && run.written != nil {
		if err := run.written(); err != nil {
			return nil, err
		}
	}
	if want.Database != nil {
		run.touched = true
		if seen.changes, err = run.rows.look(ctx, run.taken); err != nil {
			return nil, err
		}
	} else if step.Request.Method != http.MethodGet && step.Request.Method != http.MethodHead {
		run.touched = true
	}
	problems := seen.against(want)
	if len(problems) == 0 || !varies {
		return problems, nil
	}
	switch seen.judge(step, want) {
	case asMain:
		// Whoever answers by the main record is held to it from here on.
		run.variant = nil
		return nil, nil
	case harmless:
		return nil, nil
	default:
		return problems, nil
	}
}

// outcome is what a step did: the answer and, where somebody looked, the changed
// rows.
type outcome struct {
	dialect  servers.Kind
	response Response
	changes  Changes // nil: not recorded
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
