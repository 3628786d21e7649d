package conformance

import (
	"context"
	"errors"
	"fmt"
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
