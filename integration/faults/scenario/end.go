package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

// Bounds are what a scenario promises. Zero values bound nothing, but for
// Recovery, which is 5 s.
type Bounds struct {
	Failures []string      // how requests may fail meanwhile; none: no request fails
	Recovery time.Duration // from the end of the fault to that of the last failure
	Longest  time.Duration // any request
	Peak     int64         // resident memory of the gateway, in bytes
}

// Unavailable are the failures that say what is wrong, Gone those of clients whose
// gateway ends: it refuses connections, or leaves them without an answer.
var (
	Unavailable = []string{"503", "rpc unavailable"}
	Gone        = []string{"refused", "broken"}
)

const maxRecovery = 5 * time.Second

// End stops the clients, compares the database with the ledger, prints a line
// about the whole and checks the bounds. peak is the most memory of a gateway.
func (l *Load) End(name string, peak int64, b Bounds) {
	l.t.Helper()
	l.halt()
	lost := l.readBack()
	time.Sleep(l.age)
	l.sweep()
	codes := map[string]int{}
	var recovery time.Duration
	for _, f := range l.failures {
		codes[f.why]++
		if w := l.during(f); w != nil && !w.over.IsZero() {
			recovery = max(recovery, f.ended.Sub(w.over))
		}
	}
	l.t.Logf("%-32s %-10s | %6d requests, %6d writes acknowledged | %5d failed%s | longest %6.2f s, recovery %5.2f s | peak %4d MiB | lost %d, wrong %d",
		name, l.db.Dialect, l.requests.Load(), l.acked.Load(), len(l.failures), list(codes), l.longest.Seconds(), recovery.Seconds(),
		peak>>20, lost, l.wrong.Load())
	l.checkFailures(b)
	if b.Recovery == 0 {
		b.Recovery = maxRecovery
	}
	if recovery > b.Recovery {
		l.t.Errorf("requests failed for %v after the fault; promised are %v", recovery, b.Recovery)
	}
	if b.Longest > 0 && l.longest > b.Longest {
		l.t.Errorf("%s took %v; promised are %v", l.slowest, l.longest, b.Longest)
	}
	if b.Peak > 0 && peak > b.Peak {
		l.t.Errorf("the gateway had %d MiB; promised are %d", peak>>20, b.Peak>>20)
	}
}

func list(codes map[string]int) string {
	var parts []string
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		parts = append(parts, fmt.Sprintf("%d %s", codes[code], code))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// checkFailures reports requests that failed in a way or at a time in which they
// should not.
func (l *Load) checkFailures(b Bounds) {
	l.t.Helper()
	reported := 0
	for _, f := range l.failures {
		w := l.during(f)
		if w != nil && slices.Contains(b.Failures, f.why) {
			continue
		}
		if reported++; reported > maxComplaints {
			continue
		}
		since := "before anything was broken"
		if w != nil {
			since = fmt.Sprintf("%v after the fault began", f.ended.Sub(w.began))
		}
		l.t.Errorf("%s after %v, %s: %s", f.why, f.ended.Sub(f.began), since, f.what)
	}
	if reported > maxComplaints {
		l.t.Errorf("and %d more", reported-maxComplaints)
	}
}

// during is the last fault that had begun when a request failed, or nil.
func (l *Load) during(f failed) *window {
	for n := len(l.faults) - 1; n >= 0; n-- {
		if w := &l.faults[n]; !f.ended.Before(w.began) {
			return w
		}
	}
	return nil
}

// stored is an image as the database has it.
type stored struct {
	state
	property string
	tagList  []string
}

// readBack compares the whole database with the ledger. It returns how many
// images are not as was acknowledged.
func (l *Load) readBack() (lost int) {
	l.t.Helper()
	rows := l.stored()
	known := map[string]bool{}
	for _, i := range l.images {
		known[i.id] = true
		found := rows[i.id]
		if found == nil {
			found = &stored{}
		}
		if i.lasting(found.fits) {
			continue
		}
		if lost++; lost <= maxComplaints {
			l.t.Errorf("LOST: image %s is %s with property %q; written was %s", i.id, found.state, found.property, i)
		}
	}
	for id := range rows {
		if !known[id] && strings.HasSuffix(id, l.suffix) {
			l.complain("image %s was never made", id)
		}
	}
	return lost
}

// fits compares all that there is.
func (s *stored) fits(want state) bool {
	if !want.there || !s.there {
		return want.there == s.there
	}
	return s.name == want.name && s.property == want.name && s.tags == want.tags && maps.Equal(s.members, want.members)
}

// stored reads all images.
func (l *Load) stored() map[string]*stored {
	l.t.Helper()
	images := map[string]*stored{}
	l.rows("SELECT id, name, '' FROM images WHERE NOT deleted", func(id, name, _ string) {
		images[id] = &stored{state: state{there: true, name: name, members: map[string]member{}}}
	})
	child := func(query string, add func(s *stored, a, b string)) {
		l.rows(query, func(id, a, b string) {
			if s := images[id]; s != nil {
				add(s, a, b)
			}
		})
	}
	child("SELECT image_id, name, value FROM image_properties WHERE NOT deleted", func(s *stored, _, value string) { s.property += value })
	child("SELECT image_id, value, '' FROM image_tags WHERE NOT deleted", func(s *stored, tag, _ string) { s.tagList = append(s.tagList, tag) })
	child("SELECT image_id, member, status FROM image_members WHERE NOT deleted AND NOT can_share", func(s *stored, id, status string) {
		s.members[id] = member{false, status}
	})
	child("SELECT image_id, member, status FROM image_members WHERE NOT deleted AND can_share", func(s *stored, id, status string) {
		s.members[id] = member{true, status}
	})
	for _, s := range images {
		slices.Sort(s.tagList)
		s.tags = strings.Join(s.tagList, " ")
	}
	return images
}

// rows reads three columns. The test's own connections may be of before a fault.
func (l *Load) rows(query string, each func(a, b, c string)) {
	l.t.Helper()
	var err error
	answers := func() bool {
		err = l.db.DB.Ping()
		return err == nil
	}
	if !kit.Poll(time.Minute, answers) {
		l.t.Fatal(err)
	}
	found, err := l.db.DB.Query(query)
	if err != nil {
		l.t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var a, b, c string
		if err := found.Scan(&a, &b, &c); err != nil {
			l.t.Fatal(err)
		}
		each(a, b, c)
	}
	if err := found.Err(); err != nil {
		l.t.Fatal(err)
	}
}

// sweep reads every image through every node. What nodes show now has to be what
// lasts: nothing that they have kept may be older.
func (l *Load) sweep() {
	l.t.Helper()
	for node := range l.nodes {
		for part := range slices.Chunk(l.images, 50) {
			var commands []command
			for _, i := range part {
				commands = append(commands, command{"image_get", object{"image_id": i.id}})
			}
			a := l.call(node, commands...)
			if !a.ok() {
				l.t.Errorf("node %d, after everything: %s %.300s", node, a.failure, a.body)
				return
			}
			for n, i := range part {
				fits := none
				if inBand(a.results[n]) == "" {
					var w wireImage
					if !l.decode(a.results[n], &w) {
						continue
					}
					fits = w.record()
				}
				if !i.lasting(fits) {
					l.complain("node %d, after everything: image %s was %s, but the answer is\n%.1000s", node, i.id, i, a.results[n])
				}
			}
		}
	}
}
