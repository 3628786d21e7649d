package shared

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// publication is a change that is sent to Redis and the other gateways.
type publication struct {
	ids      []string
	announce bool   // to the other gateways
	epoch    string // begins an epoch; ids are empty
	done     chan struct{}
}

// maxIDs bounds the images that a message names. A larger change invalidates all.
const maxIDs = 1000

// Invalidate invalidates the records of images and all lists. With announce, the
// other gateways drop them from their memory, too. When it returns, no Get of this
// gateway finds anything older, whether Redis could be reached or not.
func (t *Tier) Invalidate(ids []string, announce bool) {
	if len(ids) > maxIDs {
		t.InvalidateAll()
		return
	}
	if !t.connected() {
		return
	}
	p := &publication{ids: ids, announce: announce, done: make(chan struct{})}
	timeout := time.NewTimer(t.timeout)
	defer timeout.Stop()
	select {
	case t.publications <- p:
	case <-timeout.C:
		t.sendFailed(context.DeadlineExceeded)
		return
	}
	select {
	case <-p.done:
	case <-timeout.C:
		t.sendFailed(context.DeadlineExceeded)
	}
}

// InvalidateAll begins a new epoch. Until then this gateway uses nothing from Redis.
func (t *Tier) InvalidateAll() {
	t.mu.Lock()
	t.unsent++
	if t.state == ready {
		t.state = renewing
	}
	t.mu.Unlock()
	t.askToRenew()
}

func (t *Tier) askToRenew() {
	select {
	case t.renewal <- struct{}{}:
	default:
	}
}

// behind reports whether changes since the beginning of the last epoch were not sent.
func (t *Tier) behind() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.unsent > 0
}

// connected reports whether changes can be sent. If not, the next epoch covers the
// change.
func (t *Tier) connected() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state == disconnected {
		t.unsent++
		return false
	}
	return true
}

// sendFailed notes that a change may not have been sent.
func (t *Tier) sendFailed(err error) {
	t.mu.Lock()
	t.unsent++
	t.mu.Unlock()
	t.Events.Failed("invalidate", err)
	t.doubt(err)
}

// publish sends changes in the order in which they are numbered, several at a time.
func (t *Tier) publish(ctx context.Context) {
	for {
		var batch []*publication
		select {
		case <-ctx.Done():
			return
		case p := <-t.publications:
			batch = append(batch, p)
		}
		for ids := len(batch[0].ids); ids < maxIDs && len(t.publications) > 0; {
			p := <-t.publications
			batch, ids = append(batch, p), ids+len(p.ids)
		}
		if t.connected() {
			if err := t.send(ctx, batch); err != nil && ctx.Err() == nil {
				t.sendFailed(err)
			}
		}
		for _, p := range batch {
			close(p.done)
		}
	}
}

// send deletes the tokens of all changed groups and then notifies the other gateways:
// a gateway that knows of a change must not find an old value.
func (t *Tier) send(ctx context.Context, batch []*publication) error {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	keys := []string{t.listGroup()}
	var sent []string
	for _, p := range batch {
		if p.epoch != "" {
			if err := t.publishMessage(ctx, message{Epoch: p.epoch}); err != nil {
				return err
			}
			continue
		}
		for _, id := range p.ids {
			name := t.Record(id)
			keys = append(keys, name.group, name.key)
		}
		if p.announce {
			sent = append(sent, p.ids...)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	pipe := t.client().Pipeline()
	for _, key := range keys {
		pipe.Unlink(ctx, key)
	}
	slices.Sort(sent)
	changes := message{IDs: slices.Compact(sent)}
	// A cluster runs the commands of a pipeline in any order.
	if _, cluster := t.client().(*redis.ClusterClient); !cluster && sent != nil {
		pipe.Publish(ctx, t.channel(), t.message(changes))
		sent = nil
	}
	if _, err := pipe.Exec(ctx); err != nil || sent == nil {
		return err
	}
	return t.publishMessage(ctx, changes)
}

// publishMessage publishes a message. In a cluster it goes to the node where all
// gateways listen, so that all receive messages in the same order.
func (t *Tier) publishMessage(ctx context.Context, m message) error {
	var node redis.Cmdable = t.client()
	if cluster, ok := t.client().(*redis.ClusterClient); ok {
		master, err := cluster.MasterForKey(ctx, t.channel())
		if err != nil {
			return err
		}
		node = master
	}
	return node.Publish(ctx, t.channel(), t.message(m)).Err()
}
