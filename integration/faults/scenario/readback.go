package scenario

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/glancegate/glancegate/integration/kit"
)

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
