package shared

import (
	"context"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/glancegate/glancegate/cache/redisdb"
	"github.com/glancegate/glancegate/internal/backoff"
)

const (
	firstPause = 100 * time.Millisecond
	maxPause   = 2 * time.Second

	// heartbeatInterval is how often a session checks that its connections work and
	// that the servers are still the same.
	heartbeatInterval = time.Second

	// messageTimeout is how long a gateway waits for its own message.
	messageTimeout = 2 * time.Second

	// probeTimeout bounds calls that no request waits for.
	probeTimeout = time.Second
)

// run keeps a session open until ctx ends.
func (t *Tier) run(ctx context.Context) {
	pause := backoff.Backoff{First: firstPause, Max: maxPause}
	for ctx.Err() == nil {
		start := time.Now()
		err := t.session(ctx)
		if ctx.Err() != nil {
			return
		}
		t.doubt(err)
		if time.Since(start) > 10*maxPause {
			pause.Reset()
		}
		pause.Wait(ctx)
	}
}

// session connects, begins an epoch and listens. It ends when anything fails.
func (t *Tier) session(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t.forgetFailures()
	guard := &guard{seen: map[string]bool{}}
	client, err := t.Open(guard.check)
	if err != nil {
		return err
	}
	defer client.Close()
	t.opened.Store(&client)
	masters, err := t.probe(ctx)
	if err != nil {
		return err
	}
	if err := guard.expect(masters); err != nil {
		return err
	}
	subscription := t.client().Subscribe(ctx, t.channel())
	defer subscription.Close() // for the returns before listening begins
	if _, err := subscription.ReceiveTimeout(ctx, probeTimeout); err != nil {
		return err
	}
	t.mu.Lock()
	t.state = renewing
	clear(t.seen)
	t.mu.Unlock()
	lost := make(chan error, 1)
	var listening sync.WaitGroup
	listening.Go(func() { lost <- t.listen(ctx, subscription) })
	// Messages that an old session receives must not reach a new one.
	defer listening.Wait()
	defer subscription.Close()
	if err := t.renew(ctx); err != nil {
		return err
	}
	tick := time.NewTicker(heartbeatInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-t.broken:
			return err
		case err := <-lost:
			return err
		case <-t.renewal:
			if t.behind() {
				err = t.renew(ctx)
			}
		case <-tick.C:
			err = t.check(ctx, masters)
		}
		if err != nil {
			return err
		}
	}
}

// check makes sure that nothing has changed since the session began.
func (t *Tier) check(ctx context.Context, masters string) error {
	now, err := t.probe(ctx)
	if err != nil {
		return err
	}
	if now != masters {
		return errOtherServer
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state == renewing && time.Since(t.began) > messageTimeout {
		return errors.New("messages through Redis are lost")
	}
	return nil
}

// forgetFailures empties the channels of earlier sessions.
func (t *Tier) forgetFailures() {
	for {
		select {
		case <-t.broken:
		case <-t.renewal:
		default:
			return
		}
	}
}

// probe makes sure that Redis answers within the timeout of requests and accepts
// writes. It returns which servers are masters.
func (t *Tier) probe(ctx context.Context) (masters string, err error) {
	// The first answer may take longer, as it includes connecting.
	if err := within(ctx, probeTimeout, t.ping); err != nil {
		return "", err
	}
	if err := within(ctx, t.timeout, t.ping); err != nil {
		return "", err
	}
	err = within(ctx, probeTimeout, func(ctx context.Context) error {
		masters, err = redisdb.Masters(ctx, t.client())
		return err
	})
	return masters, err
}

func (t *Tier) ping(ctx context.Context) error { return t.client().Ping(ctx).Err() }

func within(ctx context.Context, limit time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return f(ctx)
}

// listen receives messages until the subscription fails.
func (t *Tier) listen(ctx context.Context, subscription *redis.PubSub) error {
	for asked := false; ; {
		received, err := subscription.ReceiveTimeout(ctx, heartbeatInterval)
		var timeout interface{ Timeout() bool }
		switch {
		case err == nil:
			asked = false
		case errors.As(err, &timeout) && timeout.Timeout() && !asked && ctx.Err() == nil:
			asked = true
			if err := subscription.Ping(ctx); err != nil {
				return err
			}
			continue
		default:
			return err
		}
		if m, ok := received.(*redis.Message); ok {
			t.receive(m.Payload)
		}
	}
}

// renew begins an epoch. It writes the epoch to Redis, which fails if the server is
// read-only or full, and announces it.
func (t *Tier) renew(ctx context.Context) error {
	epoch := newToken()
	t.mu.Lock()
	t.unsent, t.wanted, t.began = 0, epoch, time.Now()
	if t.state == ready {
		t.state = renewing
	}
	t.mu.Unlock()
	text := base64.StdEncoding.EncodeToString(epoch[:])
	err := within(ctx, probeTimeout, func(ctx context.Context) error {
		return t.client().Set(ctx, t.epochKey(), text, time.Hour).Err()
	})
	if err != nil {
		return err
	}
	p := &publication{epoch: text, done: make(chan struct{})}
	select {
	case t.publications <- p:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
