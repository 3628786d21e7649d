package shared

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/cache/redisdb"
)

// Ticket is the right to store the value of a name, if the database is read
// after the ticket was taken. The zero Ticket stores nothing.
type Ticket struct {
	name         Name
	epoch, group token
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
	ctx, cancel := context.WithTimeout(ctx, redisdb.Patience)
	defer cancel()
	group, found, err := t.get(ctx, name, epoch)
	if err == nil && group == nil {
		group, err = t.newGroup(ctx, name)
	}
	if err != nil {
		t.readFailed(err)
		return nil, Ticket{}
	}
	t.misses.Store(0)
	if found != nil {
		return found, Ticket{}
	}
	return nil, Ticket{name: name, epoch: epoch, group: *group, valid: true}
}

// get reads the token of the group, nil where it has none, and the value.
func (t *Tier) get(ctx context.Context, name Name, epoch token) (*token, *Found, error) {
	pipe := t.Client.Pipeline()
	both := pipe.MGet(ctx, name.group, name.key)
	left := pipe.PTTL(ctx, name.key)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, nil, err
	}
	texts := both.Val()
	if len(texts) != 2 {
		return nil, nil, errors.New("MGET of two keys has another number of answers")
	}
	text, _ := texts[0].(string)
	group, ok := parseToken(text)
	if !ok {
		return nil, nil, nil
	}
	sealed, _ := texts[1].(string)
	if sealed == "" || left.Val() <= 0 {
		return &group, nil, nil
	}
	opened, err := t.Sealer.Open(name.key, []byte(sealed))
	if err != nil {
		t.Events.Refused()
		return &group, nil, nil
	}
	h, value, ok := parseHeader(opened)
	if !ok {
		t.Events.Refused()
		return &group, nil, nil
	}
	age := h.ttl - left.Val()
	if h.epoch != epoch || h.group != group || age < 0 || age >= t.TTL {
		return &group, nil, nil
	}
	return &group, &Found{Value: value, Age: age}, nil
}

// newGroup gives a group a token, or finds the one that another gateway gave it
// meanwhile.
func (t *Tier) newGroup(ctx context.Context, name Name) (*token, error) {
	made := newToken()
	pipe := t.Client.Pipeline()
	pipe.SetArgs(ctx, name.group, string(made[:]), redis.SetArgs{Mode: "NX", TTL: groupTTL(t.TTL)})
	now := pipe.Get(ctx, name.group)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, err
	}
	group, ok := parseToken(now.Val())
	if !ok {
		// Another program's value stands there, or it was deleted this moment.
		return &made, t.Client.Unlink(ctx, name.group).Err()
	}
	return &group, nil
}

// groupTTL lets a group outlive its values; an early end costs misses only.
func groupTTL(ttl time.Duration) time.Duration { return 2*ttl + time.Minute }

func parseToken(text string) (t token, ok bool) {
	return t, copy(t[:], text) == len(t) && len(text) == len(t)
}

// mostFailures is how many reads in a row may fail before Redis is left alone
// until it is well again.
const mostFailures = 3

func (t *Tier) readFailed(err error) {
	t.Events.Failed("get", err)
	if t.misses.Add(1) >= mostFailures {
		t.misses.Store(0)
		t.doubt(err)
	}
}
