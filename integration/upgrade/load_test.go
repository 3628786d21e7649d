package upgrade

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

// workers is how many clients there are at a time.
const workers = 4

type object = map[string]any

// load is clients of a gateway that work until they are stopped. Whatever fails
// is an error of the test.
type load struct {
	t      *testing.T
	base   string
	client *http.Client
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu       sync.Mutex
	requests int
	phase    string
	images   map[string]*written
}

// written is an image as clients have left it.
type written struct {
	name       string
	visibility string
	member     bool
	hidden     bool
	backend    bool // its location has a key that Train renames

	made, judged span // its creation, and the last write of visibility or members
}

// span is the phases in which a write began and ended.
type span struct{ began, ended string }

// begin starts the clients.
func begin(t *testing.T, base string) *load {
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{t: t, base: base, client: &http.Client{}, cancel: cancel, phase: "before", images: map[string]*written{}}
	for n := range workers {
		l.done.Add(1)
		go func() {
			defer l.done.Done()
			for round := 0; ctx.Err() == nil && !t.Failed(); round++ {
				l.live(ctx, n, round)
			}
		}()
	}
	t.Cleanup(l.end)
	return l
}

// end waits for the requests that are under way.
func (l *load) end() {
	l.cancel()
	l.done.Wait()
	l.client.CloseIdleConnections()
}

// enter names the part of the upgrade that begins now.
func (l *load) enter(phase string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.phase = phase
}

func (l *load) now() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.phase
}

func (l *load) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.requests
}

// send sends a request of an administrator. Requests that have begun are ended
// though the load is to end, so that it is known what became of them.
func (l *load) send(method, path string, body any) (any, error) {
	answer, err := kit.Request{Method: method, URL: l.base + path, Header: kit.Trusted("own", "admin"), Body: body, Client: l.client}.Send(context.Background())
	if answer == nil {
		return nil, err
	}
	l.mu.Lock()
	l.requests++
	l.mu.Unlock()
	got := answer.Text
	if err != nil || answer.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s %v: %s %s %v", method, path, body, answer.Status, got, err)
	}
	var v any
	if len(got) > 0 {
		err = json.Unmarshal(got, &v)
	}
	return v, err
}

// v1 is send for requests that have to succeed.
func (l *load) v1(method, path string, body any) any {
	v, err := l.send(method, path, body)
	if err != nil {
		l.t.Errorf("while %s: %v", l.now(), err)
	}
	return v
}

// rpc sends one command that has to succeed.
func (l *load) rpc(command string, kwargs object) any {
	results, _ := l.v1("POST", "/rpc", []object{{"command": command, "kwargs": kwargs}}).([]any)
	if len(results) != 1 {
		return nil
	}
	if o, ok := results[0].(object); ok && o["_error"] != nil {
		l.t.Errorf("while %s: %s %v: %v", l.now(), command, kwargs, o["_error"])
		return nil
	}
	return results[0]
}
