package feed

import (
	"context"
	"errors"
	"time"
)

// errFollowed ends a session that was only to show that it could begin.
var errFollowed = errors.New("the feed is up")

// Check tries whether the changes of a database can be followed, which needs
// privileges and settings. The error names what is missing, and how to get it.
func Check(ctx context.Context, url string) error {
	f, err := New(Config{URL: url})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*connectLimit)
	defer cancel()
	first, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	s := &session{sink: silent{}, found: func() { stop(errFollowed) }, lost: func(err error) { stop(err) }}
	_ = f.source.follow(first, s)
	if err := context.Cause(first); !errors.Is(err, errFollowed) {
		return err
	}
	return nil
}

// silent is a sink that does nothing.
type silent struct{}

func (silent) Up()                                {}
func (silent) Down(error)                         {}
func (silent) Current(time.Time)                  {}
func (silent) Changed(...string)                  {}
func (silent) Changing(...string) (settle func()) { return func() {} }
func (silent) ChangedAll()                        {}
