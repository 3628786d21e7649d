package cache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/cache/internal/shared"
	"github.com/glancegate/glancegate/integration/servers"
)

// A reader finds nothing cached (L), reads the database (R) and stores what it
// read (S). Meanwhile somebody changes the row (C), and then the caches are notified
// (I). In whichever order that happens, a read after the notification
// finds the new row, and a reader that began after that got it, too.
func TestEveryInterleavingOfReaderAndWriter(t *testing.T) {
	redisURL := servers.NewRedis(t)
	for _, who := range []struct {
		name            string
		shared, another bool // the writer is another node
	}{{"local", false, false}, {"shared", true, false}, {"other node", true, true}} {
		for _, order := range interleavings("LRS", "CI") {
			t.Run(fmt.Sprintf("%s/%s", who.name, order), func(t *testing.T) {
				db := oneDatabase(t)
				var options []option
				if who.shared {
					options = append(options, onRedis(t, redisURL))
				}
				reader := newNode(t, db, options...)
				writer := reader
				if who.another {
					writer = newNode(t, db, onRedis(t, redisURL))
				}
				third := reader // has nothing of its own, and so takes what is in Redis
				if who.shared {
					third = newNode(t, db, onRedis(t, redisURL))
				}
				reader.synchronized(writer)
				reader.synchronized(third)
				got := play(t, db, reader, writer, order)
				if strings.Index(order, "L") > strings.Index(order, "I") && got != "new" {
					t.Errorf("a reader that began after the notification got the %s row", got)
				}
				reader.synchronized(writer)
				reader.wants(imageID, "new")
				reader.wants(imageID, "new") // what it has stored now
				if !who.shared {
					return
				}
				reader.Close() // what it was storing in Redis is there now
				third.wants(imageID, "new")
				writer.wants(imageID, "new")
			})
		}
	}
}

// play runs the steps in their order and returns what the reader got.
func play(t *testing.T, db *servers.Database, reader, writer *node, order string) string {
	t.Helper()
	gates := reader.store.block()
	got := make(chan string, 1)
	for _, step := range order {
		switch step {
		case 'L':
			go func() { got <- reader.name(imageID) }()
			gates.arrive()
		case 'R':
			gates.next()
			gates.arrive()
		case 'S':
			gates.next()
			name := <-got
			got <- name
		case 'C':
			rename(t, db, imageID, "new")
		case 'I':
			writer.PurgeImage(imageID)
			reader.synchronized(writer)
		}
	}
	return <-got
}

// synchronized waits until both have received what the other sent since they are
// connected.
func (n *node) synchronized(other *node) {
	n.t.Helper()
	n.await("sent", func() bool {
		a, has := n.Shared()
		b, _ := other.Shared()
		return !has || a.InUse && b.InUse && received(a, b) && received(b, a)
	})
}

func received(a, b shared.Status) bool {
	number, any := a.LastSeen[b.Node]
	return !any || number == b.MessagesSent
}

// interleavings are all ways to merge two sequences.
func interleavings(a, b string) []string {
	if a == "" || b == "" {
		return []string{a + b}
	}
	var all []string
	for _, rest := range interleavings(a[1:], b) {
		all = append(all, a[:1]+rest)
	}
	for _, rest := range interleavings(a, b[1:]) {
		all = append(all, b[:1]+rest)
	}
	return all
}
