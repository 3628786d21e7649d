package budget

import (
	"context"
	"time"
)

// Account is what one request takes of a Budget, and the context of that request.
// It belongs to one goroutine. A nil account counts nothing.
type Account struct {
	context.Context
	budget *Budget
	limit  int64 // bytes that all may take together

	need   int64 // what the request has, the allowance included
	read   int64 // the part of it that was read for the command that runs
	held   int64 // what it has of the budget; guarded by budget.mu
	closed bool
}

// Open makes an account for a request, within what all may take together, in bytes
// of the process.
func (b *Budget) Open(ctx context.Context, limit int64) *Account {
	a := new(Account)
	b.OpenIn(a, ctx, limit)
	return a
}

// OpenIn is Open with the memory of an account that is part of something else.
func (b *Budget) OpenIn(a *Account, ctx context.Context, limit int64) {
	*a = Account{Context: ctx, budget: b, limit: limit / garbage}
}

type key struct{}

// Value implements context.Context.
func (a *Account) Value(name any) any {
	if name == (key{}) {
		return a
	}
	return a.Context.Value(name)
}

// Of is the account of a context, or nil.
func Of(ctx context.Context) *Account {
	a, _ := ctx.Value(key{}).(*Account)
	return a
}

// Close gives everything back. What is taken afterwards is not counted: it is that
// of a reading which others wait for, too.
func (a *Account) Close() {
	if a == nil || a.closed {
		return
	}
	a.closed = true
	if a.held > 0 {
		a.budget.back(a, a.held)
	}
}

// share is the part of the budget that who reads much has from the beginning: so
// many can do that at a time.
const share = 8

// Enter waits until there is room to read much, and keeps it until Forget. It is
// called without a connection in hand.
func (a *Account) Enter(ctx context.Context) error {
	if a == nil || a.closed || a.held > 0 {
		return nil
	}
	return a.budget.take(ctx, a, a.limit/share, waitTime)
}

// Read counts bytes that are read, until Forget.
func (a *Account) Read(ctx context.Context, bytes int64) error {
	if a == nil || a.closed {
		return nil
	}
	if err := a.add(ctx, bytes, hurry); err != nil {
		return err
	}
	a.read += bytes
	return nil
}

// Forget ends the counting of what was read: nothing refers to it any more.
func (a *Account) Forget() {
	if a != nil {
		a.Less(a.read)
		a.read = 0
	}
}

// More counts bytes of text.
func (a *Account) More(ctx context.Context, bytes int64) error {
	if a == nil || a.closed {
		return nil
	}
	return a.add(ctx, bytes, waitTime)
}

// Less ends the counting of bytes of text.
func (a *Account) Less(bytes int64) {
	if a == nil || a.closed {
		return
	}
	a.need -= bytes
	if spare := a.held - max(0, a.need-Allowance); spare >= step {
		a.budget.back(a, spare)
	}
}

// add takes what the need with further bytes exceeds.
func (a *Account) add(ctx context.Context, bytes int64, wait time.Duration) error {
	if missing := a.need + bytes - Allowance - a.held; missing > 0 {
		if err := a.budget.take(ctx, a, max(missing, min(step, a.limit-a.held)), wait); err != nil {
			return err
		}
	}
	a.need += bytes
	return nil
}

// Apart is a context with an account of its own, for work that outlives the request
// which began it. The function ends it.
func Apart(ctx context.Context) (context.Context, func()) {
	a := Of(ctx)
	if a == nil {
		return ctx, func() {}
	}
	own := a.budget.Open(ctx, a.limit*garbage)
	return own, own.Close
}
