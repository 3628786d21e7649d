package feed

import (
	"context"
	"errors"
	"time"

	"github.com/glancegate/glancegate/dbbackend/feed/internal/follow"
)

// errFollowed ends a session once it has begun.
var errFollowed = errors.New("the feed is up")

// Check tests whether the changes of a database can be followed, which needs
// privileges and settings. The error names what is missing and how to add it.
func Check(ctx context.Context, url string) error {
	f, err := New(Config{URL: url})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*follow.ConnectTimeout)
	defer cancel()
	first, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s := follow.New(discard{}, func() { stop(errFollowed) }, func(err error) { stop(err) })
	_ = f.source.Follow(first, s)
	if err := context.Cause(first); !errors.Is(err, errFollowed) {
		return err
	}
	return nil
}

// discard is a changeSink that does nothing.
type discard struct{}

func (discard) Current(time.Time)                   {}
func (discard) Changed(...string)                   {}
func (discard) Changing(...string) (visible func()) { return func() {} }
func (discard) ChangedAll()                         {}
