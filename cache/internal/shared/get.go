package shared

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// Ticket is the right to store the value of a name, if the database is read
// after the ticket was taken. The zero Ticket stores nothing.
type Ticket struct {
	name         Name
	epoch, group token
	mark         time.Duration // how long the group had left
	taken        time.Time
	valid        bool
}

// Found is a value that may be used.
type Found struct {
	Value []byte
	Age   time.Duration // since the database was read, by the clock of Redis
}

// Get looks for a value. Where there is none it returns a ticket to store one.
func (t *Tier) Get(ctx context.Context, name Name) (*Found, Ticket) {
	epoch, ok := t.current()
	if !ok {
		return nil, Ticket{}
	}
	if t.sinceBorn() < t.rested.Load() {
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
	t.failures.Store(0)
	if found != nil {
		return found, Ticket{}
	}
	return nil, Ticket{name: name, epoch: epoch, group: group.token, mark: group.left, taken: time.Now(), valid: true}
}

// group is what a group has in Redis.
type group struct {
	token token
	left  time.Duration // of its TTL, which nobody ever extends: a clock
}

func parseGroup(text *redis.StringCmd, left *redis.DurationCmd) *group {
	token, ok := parseToken(text.Val())
	if !ok || left.Val() <= 0 {
		return nil
	}
	return &group{token, left.Val()}
}

// get reads the group, nil where it has no token, and the value.
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
	if err != nil { // or it is no text
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

// unanswered is the error of a command, unless it is about what is in the key:
// nothing, or what another program has put there.
func unanswered(c redis.Cmder) error {
	if err := c.Err(); err != nil && !errors.Is(err, redis.Nil) && !redis.HasErrorPrefix(err, "WRONGTYPE") {
		return err
	}
	return nil
}

// newGroup gives a group a token, or finds the one that another gateway gave it
// meanwhile.
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
	// Another program's value stands there, or it was deleted this moment.
	return nil, t.client().Unlink(ctx, name.group).Err()
}

// groupTTL lets a group outlive its values; an early end costs misses only.
func groupTTL(ttl time.Duration) time.Duration { return 2*ttl + time.Minute }

func parseToken(text string) (t token, ok bool) {
	return t, copy(t[:], text) == len(t) && len(text) == len(t)
}

const (
	// rest is for how long nobody reads after a read has failed, so that a
	// request with many of them waits once.
	rest = 250 * time.Millisecond

	// maxFailures is how many rests may follow each other before Redis is left
	// alone until it is well again.
	maxFailures = 3
)

func (t *Tier) readFailed(err error) {
	t.Events.Failed("get", err)
	now, until := t.sinceBorn(), t.rested.Load()
	if now < until || !t.rested.CompareAndSwap(until, now+int64(rest)) {
		return // others have failed together with this one
	}
	if t.failures.Add(1) >= maxFailures || errors.Is(err, errOtherServer) {
		t.failures.Store(0)
		t.doubt(err)
	}
}
