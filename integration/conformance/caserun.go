package conformance

import (
	"context"
	"fmt"
	"net/http"
)

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
