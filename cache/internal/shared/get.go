package shared

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// Ticket is the right to store a value that is read from the database after the
// ticket was taken. The zero Ticket stores nothing.
type Ticket struct {
	name         Name
	epoch, group token
	mark         time.Duration // the remaining TTL of the group
	taken        time.Time
	valid        bool
}

// Found is a value that may be used.
type Found struct {
	Value []byte
	Age   time.Duration // since the database was read, by the clock of Redis
}

// Get returns a value, or a ticket to store one.
func (t *Tier) Get(ctx context.Context, name Name) (*Found, Ticket) {
	epoch, ok := t.current()
	if !ok {
		return nil, Ticket{}
	}
	if !t.reads.Allow() {
		return nil, Ticket{}
	}
	asking, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	group, found, err := t.get(asking, name, epoch)
	if err == nil && group == nil {
		group, err = t.newGroup(asking, name)
	}
	switch {
	case err != nil && ctx.Err() == nil:
		t.readFailed(err)
		return nil, Ticket{}
	case err != nil, group == nil:
		return nil, Ticket{}
	}
	t.reads.Success()
	if found != nil {
		return found, Ticket{}
	}
	return nil, Ticket{name: name, epoch: epoch, group: group.token, mark: group.left, taken: time.Now(), valid: true}
}

// group is a group as Redis has it.
type group struct {
	token token
	left  time.Duration // the remaining TTL, which is never extended: a clock
}

func parseGroup(text *redis.StringCmd, left *redis.DurationCmd) *group {
	token, ok := parseToken(text.Val())
	if !ok || left.Val() <= 0 {
		return nil
	}
	return &group{token, left.Val()}
}

// get reads the group, which is nil if it has no token, and the value.
func (t *Tier) get(ctx context.Context, name Name, epoch token) (*group, *Found, error) {
	pipe := t.client().Pipeline()
	token, left := pipe.Get(ctx, name.group), pipe.PTTL(ctx, name.group)
	sealed := pipe.Get(ctx, name.key)
	_, _ = pipe.Exec(ctx)
	err := cmp.Or(unanswered(token), unanswered(left), unanswered(sealed))
	g := parseGroup(token, left)
	switch {
	case err != nil || g == nil:
		return nil, nil, err
	case errors.Is(sealed.Err(), redis.Nil):
		return g, nil, nil
	}
	opened, err := t.Sealer.Open(name.key, []byte(sealed.Val()))
	if err != nil {
		t.Events.Refused()
		return g, nil, nil
	}
	h, value, ok := parseHeader(opened)
	if !ok {
		t.Events.Refused()
		return g, nil, nil
	}
	age := h.mark - g.left
	if h.epoch != epoch || h.group != g.token || age < 0 || age >= t.TTL {
		return g, nil, nil
	}
	return g, &Found{Value: value, Age: age}, nil
}

// unanswered returns the error of a command, unless it only says that the key does not
// exist or has another program's value.
func unanswered(c redis.Cmder) error {
	if err := c.Err(); err != nil && !errors.Is(err, redis.Nil) && !redis.HasErrorPrefix(err, "WRONGTYPE") {
		return err
	}
	return nil
}

// newGroup creates the token of a group, or reads that of another gateway.
func (t *Tier) newGroup(ctx context.Context, name Name) (*group, error) {
	made := newToken()
	pipe := t.client().Pipeline()
	set := pipe.SetArgs(ctx, name.group, string(made[:]), redis.SetArgs{Mode: "NX", TTL: groupTTL(t.TTL)})
	token, left := pipe.Get(ctx, name.group), pipe.PTTL(ctx, name.group)
	_, _ = pipe.Exec(ctx)
	if err := cmp.Or(unanswered(set), unanswered(token), unanswered(left)); err != nil {
		return nil, err
	}
	if g := parseGroup(token, left); g != nil {
		return g, nil
	}
	// The key has another program's value, or was just deleted.
	return nil, t.client().Unlink(ctx, name.group).Err()
}

// groupTTL lets a group outlive its values. An early end only causes misses.
func groupTTL(ttl time.Duration) time.Duration { return 2*ttl + time.Minute }

func parseToken(text string) (t token, ok bool) {
	return t, copy(t[:], text) == len(t) && len(text) == len(t)
}

const (
	// readPause is how long Redis is not read after a failure, so that a request with
	// many reads waits once.
	readPause = 250 * time.Millisecond

	// maxFailures is how many such pauses may follow each other before Redis is not
	// used any more until a new session has begun.
	maxFailures = 3
)

func (t *Tier) readFailed(err error) {
	t.Events.Failed("get", err)
	failures := t.reads.Failure()
	if failures >= maxFailures || failures > 0 && errors.Is(err, errOtherServer) {
		t.reads.Success()
		t.doubt(err)
	}
}
