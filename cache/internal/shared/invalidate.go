package shared

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// publication is a change on its way to Redis and the other gateways.
type publication struct {
	ids   []string
	tell  bool   // the other gateways
	epoch string // begins an epoch, in the place of ids
	done  chan struct{}
}

// maxIDs bounds how many images a message names; a larger change voids all.
const maxIDs = 1000

// Invalidate voids the records of images and all lists; tell makes the other
// gateways do the same with what they have. When it returns, no Get of this
// gateway finds anything older, whether Redis could be reached or not.
func (t *Tier) Invalidate(ids []string, tell bool) {
	if len(ids) > maxIDs {
		t.InvalidateAll()
		return
	}
	if !t.connected() {
		return
	}
	p := &publication{ids: ids, tell: tell, done: make(chan struct{})}
	timeout := time.NewTimer(t.timeout)
	defer timeout.Stop()
	select {
	case t.publications <- p:
	case <-timeout.C:
		t.lose(context.DeadlineExceeded)
		return
	}
	select {
	case <-p.done:
	case <-timeout.C:
		t.lose(context.DeadlineExceeded)
	}
}

// InvalidateAll begins a new epoch. Until it has begun, this gateway uses
// nothing that is in Redis.
func (t *Tier) InvalidateAll() {
	t.mu.Lock()
	t.missed++
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

// behind reports whether there were changes since the last epoch was begun that
// of which nothing was sent.
func (t *Tier) behind() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.missed > 0
}

// connected reports whether there is somebody to tell of a change. Where there
// is not, the epoch that comes does, if it begins after now.
func (t *Tier) connected() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state == apart {
		t.missed++
		return false
	}
	return true
}

// lose notes that a change may not have got through.
func (t *Tier) lose(err error) {
	t.mu.Lock()
	t.missed++
	t.mu.Unlock()
	t.Events.Failed("invalidate", err)
	t.doubt(err)
}

// publish sends changes, all that wait together, in the order in which they are
// numbered.
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
				t.lose(err)
			}
		}
		for _, p := range batch {
			close(p.done)
		}
	}
}

// send deletes the tokens of all groups that have changed, and tells the others
// when that is done: who hears of a change must not find an old value.
func (t *Tier) send(ctx context.Context, batch []*publication) error {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	keys := []string{t.listGroup()}
	var sent []string
	for _, p := range batch {
		if p.epoch != "" {
			if err := t.tell(ctx, message{Epoch: p.epoch}); err != nil {
				return err
			}
			continue
		}
		for _, id := range p.ids {
			name := t.Record(id)
			keys = append(keys, name.group, name.key)
		}
		if p.tell {
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
	news := message{IDs: slices.Compact(sent)}
	// The commands of a cluster's pipeline run in no order.
	if _, cluster := t.client().(*redis.ClusterClient); !cluster && sent != nil {
		pipe.Publish(ctx, t.channel(), t.message(news))
		sent = nil
	}
	if _, err := pipe.Exec(ctx); err != nil || sent == nil {
		return err
	}
	return t.tell(ctx, news)
}

// tell publishes a message. In a cluster it goes to the node where all gateways
// listen, so that all hear all messages in one order.
func (t *Tier) tell(ctx context.Context, m message) error {
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
