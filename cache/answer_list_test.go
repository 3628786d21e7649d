package cache_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/registry/records"
)

// textOf is an answer that shows images.
func textOf(images []*records.Image) string { return strings.Join(rowsOf(images), "\n") }

// answers returns the answer to a list that is kept, or asks for it and keeps it.
func (n *node) answers(key int, q *records.Query, names ...string) (text string, kept bool) {
	n.t.Helper()
	if a, ok := n.Answer(answerKey(key)); ok {
		return string(a.Body), true
	}
	asking := n.ask(answerKey(key), cache.OnImages)
	images, err := n.Images(n.t.Context(), q)
	if err != nil {
		n.t.Fatal(err)
	}
	text = textOf(images)
	given := cache.Answer{Body: []byte(text)}
	if !asking.Keep(n.t.Context(), given, time.Minute, cache.Shown{Images: images, Query: q, Names: names}) {
		// The same records, now that they are kept.
		images, _ := n.Images(n.t.Context(), q)
		asking.Keep(n.t.Context(), given, time.Minute, cache.Shown{Images: images, Query: q, Names: names})
	}
	return text, false
}

// A change drops the answers that showed the image or may show it now, and no other.
func TestAChangeConcernsSomeAnswers(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		n := newNode(t, db)
		insert(t, db, secondID, "second")
		exec(t, db, "UPDATE images SET owner = 'q' WHERE id = '%s'", secondID)
		projects := []string{"p", "q", "r"}
		for key, project := range projects {
			n.answers(key, query(project))
		}
		step := func(what string, dropped ...string) {
			t.Helper()
			n.name(secondID) // what has changed is known
			for key, project := range projects {
				if _, kept := n.answers(key, query(project)); kept == slices.Contains(dropped, project) {
					t.Errorf("%s: the answer to %s is kept: %v", what, project, kept)
				}
			}
		}
		step("nothing")
		n.write(secondID, "2")
		step("a name", "q")
		n.share(secondID, "r", true)
		step("a new member", "q", "r")
		n.share(secondID, "r", false)
		step("a member less", "q", "r")
		n.change(secondID, is("visibility", records.Public))
		step("public", "p", "q", "r")
		n.change(secondID, is("visibility", records.Private))
		step("private", "p", "q", "r")
		n.change(secondID, is("owner", "p"))
		step("another owner, and a member that was", "p", "q", "r")
		n.change(secondID, is("deleted", true))
		step("deleted", "p", "r")
	})
}

// The other server may compare names in other ways, and know the caller by another one.
func TestAnswersOfOtherNames(t *testing.T) {
	db := oneDatabase(t)
	for _, c := range []struct {
		owner, member string
		concerned     bool
	}{
		{"q", "r", false}, {"Someone", "r", true}, {"q", "someone", true}, {"user", "r", true}, {"q", "USER ", true}, {"s\u00f6meone", "r", true},
	} {
		n := newNode(t, db)
		exec(t, db, "UPDATE images SET owner = '%s', visibility = 'private' WHERE id = '%s'", c.owner, imageID)
		exec(t, db, "DELETE FROM image_members")
		n.answers(1, query("someone"), "user", "")
		if _, kept := n.answers(1, query("someone"), "user", ""); !kept {
			t.Fatal("nothing changed, and the answer is dropped")
		}
		n.share(imageID, c.member, true)
		n.name(imageID)
		if _, kept := n.Answer(answerKey(1)); kept == c.concerned {
			t.Errorf("owner %q, member %q: kept: %v", c.owner, c.member, kept)
		}
	}
}

// A change that comes between asking and keeping is like one that comes later.
func TestAChangeWhileAListIsAskedFor(t *testing.T) {
	db := oneDatabase(t)
	insert(t, db, secondID, "second")
	exec(t, db, "UPDATE images SET owner = 'q' WHERE id = '%s'", secondID)
	for id, want := range map[string]bool{imageID: false, secondID: true} {
		n := newNode(t, db)
		asking := n.ask(answerKey(1), cache.OnImages)
		n.Changed(id)
		images, err := n.Images(t.Context(), query("p"))
		if err != nil {
			t.Fatal(err)
		}
		if asking.Keep(t.Context(), given, time.Minute, cache.Shown{Images: images, Query: query("p")}) != want {
			t.Errorf("a change of %v: kept: %v", id, !want)
		}
	}
}

// No answer waits for the database: one that may be old is not given until it is known
// what has changed.
func TestAnswersDoNotWaitForRecords(t *testing.T) {
	db := oneDatabase(t)
	insert(t, db, secondID, "second")
	exec(t, db, "UPDATE images SET owner = 'q' WHERE id = '%s'", secondID)
	n := newNode(t, db, followed)
	n.Follow()
	n.answers(1, query("p"))
	n.name(secondID)
	unblock := n.Changing(secondID)
	if _, ok := n.Answer(answerKey(1)); ok {
		t.Error("an answer is given while either state may be seen")
	}
	gates := n.store.block() // of reading ahead
	unblock()
	<-gates.reached
	reads := n.store.images.Load()
	if _, ok := n.Answer(answerKey(1)); ok {
		t.Error("an answer is given before it is known what has changed")
	}
	if n.store.images.Load() != reads {
		t.Error("a record was read for an answer")
	}
	go gates.finish()
	n.await("given", func() bool { _, ok := n.Answer(answerKey(1)); return ok })
}

// finish lets a reading come to its end.
func (g *gates) finish() {
	g.next()
	g.arrive()
	g.next()
}

// Whatever changes, an answer that is given is that of the database.
func TestAnswersAreThoseOfTheDatabase(t *testing.T) {
	everyDatabase(t, func(t *testing.T, db *servers.Database) {
		n := newNode(t, db)
		random := rand.New(rand.NewPCG(3, 4))
		ids := someImages(t, db)
		marker, err := n.Image(t.Context(), imageID)
		if err != nil {
			t.Fatal(err)
		}
		queries, hits := someQueries(marker), 0
		for round := range 25 {
			for k, q := range queries {
				if m, err := n.Image(context.Background(), imageID); err != nil || m != marker {
					// Another marker makes other queries.
					marker = m
					queries = someQueries(marker)
					q = queries[k]
				}
				want, err := n.store.Store.Images(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				got, kept := n.answers(k, q)
				if kept {
					hits++
				}
				if got != textOf(want) {
					t.Fatalf("round %d, query %d (kept: %v):\n%v\n%v", round, k, kept, got, textOf(want))
				}
			}
			n.changeAny(random, ids)
			if random.IntN(2) == 0 {
				for _, id := range ids {
					n.name(id)
				}
			}
		}
		t.Logf("%d hits", hits)
		if hits < 100 {
			t.Error("no answer was given again")
		}
	})
}
