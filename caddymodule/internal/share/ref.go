package share

import (
	"sync"
	"time"
)

// drainTime bounds how long a replaced configuration keeps its database for requests
// that it still serves.
const drainTime = time.Minute

// Ref acquires a value for its first user and releases it after the last one. A handler
// is a user, and so is each of its requests: Caddy cleans up a replaced configuration
// while it still serves requests, and may even pass it new ones.
type Ref[T any] struct {
	// Acquire and Release acquire and release the value.
	Acquire func() (T, error)
	Release func()

	mu      sync.Mutex
	users   int
	patient int // users that Close does not time out
	held    bool
	value   T
	timeout *time.Timer
}

// Use returns the value, which is valid until Done is called.
func (l *Ref[T]) Use() (T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.use()
}

// Hold is Use for what can take hours, such as data under way: Close does not time it
// out. Unhold must be called.
func (l *Ref[T]) Hold() (T, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	value, err := l.use()
	if err == nil {
		l.patient++
	}
	return value, err
}

// Unhold ends what Hold began. It does not wait for the release.
func (l *Ref[T]) Unhold() {
	l.mu.Lock()
	l.patient--
	l.mu.Unlock()
	l.Done()
}

func (l *Ref[T]) use() (T, error) {
	if !l.held {
		value, err := l.Acquire()
		if err != nil {
			return value, err
		}
		l.value, l.held = value, true
	}
	l.users++
	return l.value, nil
}

// Done ends the use by a request. It does not wait for the release.
func (l *Ref[T]) Done() {
	if l.leave() {
		go l.Release()
	}
}

// Close ends the use by the handler. If requests are left, the last of them or a
// timeout releases the value.
func (l *Ref[T]) Close() {
	if l.leave() {
		l.Release()
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held {
		l.timeout = time.AfterFunc(drainTime, l.expire)
	}
}

func (l *Ref[T]) expire() {
	l.mu.Lock()
	if l.held && l.patient > 0 {
		l.timeout = time.AfterFunc(drainTime, l.expire)
		l.mu.Unlock()
		return
	}
	held := l.held
	l.held = false
	l.mu.Unlock()
	if held {
		l.Release()
	}
}

// leave removes a user and reports whether the value has to be released.
func (l *Ref[T]) leave() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.users--
	if l.users > 0 || !l.held {
		return false
	}
	l.held = false
	if l.timeout != nil {
		l.timeout.Stop()
	}
	return true
}
