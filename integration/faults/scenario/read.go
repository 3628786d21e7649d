package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
)

// wireImage is an image in answers.
type wireImage struct {
	ID, Name   string
	Deleted    bool
	Properties json.RawMessage // an object in v1, rows in v2
}

// record fits states with the name and property of an image. Text that is not
// there is never a name.
func (w wireImage) record() func(state) bool {
	property := "?"
	var byName map[string]string
	var rows []struct {
		Name, Value string
		Deleted     bool
	}
	if json.Unmarshal(w.Properties, &byName) == nil {
		property = byName["p"]
	} else if json.Unmarshal(w.Properties, &rows) == nil {
		for _, r := range rows {
			if r.Name == "p" && !r.Deleted {
				property = r.Value
			}
		}
	}
	return func(s state) bool {
		return s.there == !w.Deleted && (w.Deleted || s.name == w.Name && s.name == property)
	}
}

func none(s state) bool { return !s.there }

// read sends one of the requests that read, and judges the answer.
func (l *Load) read(node, round int) bool {
	i := l.pick()
	if i == nil {
		return false
	}
	switch round % 4 {
	case 0:
		return l.readShow(node, i)
	case 1:
		return l.readCommands(node, i)
	case 2:
		return l.readMembers(node, i)
	}
	return l.readList(node)
}

// pick is an image, rather a late one.
func (l *Load) pick() *image {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.images) == 0 {
		return nil
	}
	if recent := 2 * writers; len(l.images) > recent && rand.IntN(4) > 0 {
		return l.images[len(l.images)-1-rand.IntN(recent)]
	}
	return l.images[rand.IntN(len(l.images))]
}

func (l *Load) readShow(node int, i *image) bool {
	a := l.send(node, http.MethodGet, "/images/"+i.id, nil)
	if !a.ok() {
		return false
	}
	if a.status == http.StatusNotFound {
		return l.judge(node, a, i, "GET /images/x", none)
	}
	var body struct{ Image wireImage }
	return l.decode(a.body, &body) && l.judge(node, a, i, "GET /images/x", body.Image.record())
}

// readCommands reads what an image has in one request, which reads the parts one
// after the other.
func (l *Load) readCommands(node int, i *image) bool {
	id := object{"image_id": i.id}
	a := l.call(node, command{"image_get", id}, command{"image_tag_get_all", id}, command{"image_member_find", id})
	if !a.ok() {
		return false
	}
	if inBand(a.results[0]) != "" {
		return l.judge(node, a, i, "image_get", none)
	}
	var w wireImage
	if !l.decode(a.results[0], &w) || !l.judge(node, a, i, "image_get", w.record()) {
		return false
	}
	if inBand(a.results[1]) == "" {
		var tags []string
		if !l.decode(a.results[1], &tags) {
			return false
		}
		slices.Sort(tags)
		l.judge(node, a, i, "image_tag_get_all", func(s state) bool { return !s.there || s.tags == strings.Join(tags, " ") })
	}
	if inBand(a.results[2]) == "" {
		return l.readRows(node, a, i, a.results[2])
	}
	return true
}

func (l *Load) readRows(node int, a *answer, i *image, result []byte) bool {
	var rows []struct {
		Member, Status string
		CanShare       bool `json:"can_share"`
	}
	if !l.decode(result, &rows) {
		return false
	}
	members := map[string]member{}
	for _, r := range rows {
		members[r.Member] = member{r.CanShare, r.Status}
	}
	return l.judge(node, a, i, "image_member_find", func(s state) bool { return !s.there || maps.Equal(s.members, members) })
}

func (l *Load) readMembers(node int, i *image) bool {
	a := l.send(node, http.MethodGet, "/images/"+i.id+"/members", nil)
	if !a.ok() {
		return false
	}
	if a.status == http.StatusNotFound {
		return l.judge(node, a, i, "GET /images/x/members", none)
	}
	var body struct {
		Members []struct {
			ID       string `json:"member_id"`
			CanShare bool   `json:"can_share"`
		}
	}
	if !l.decode(a.body, &body) {
		return false
	}
	shares := map[string]bool{}
	for _, m := range body.Members {
		shares[m.ID] = m.CanShare
	}
	return l.judge(node, a, i, "GET /images/x/members", func(s state) bool {
		return !s.there || maps.EqualFunc(s.members, shares, func(m member, share bool) bool { return m.canShare == share })
	})
}

func (l *Load) readList(node int) bool {
	a := l.send(node, http.MethodGet, "/images/detail?limit=20&is_public=none", nil)
	if !a.ok() {
		return false
	}
	var body struct{ Images []wireImage }
	if !l.decode(a.body, &body) {
		return false
	}
	l.mu.Lock()
	byID := map[string]*image{}
	for _, i := range l.images[max(0, len(l.images)-500):] {
		byID[i.id] = i
	}
	l.mu.Unlock()
	for _, w := range body.Images {
		if i := byID[w.ID]; i != nil {
			l.judge(node, a, i, "GET /images/detail", w.record())
		}
	}
	return true
}

// judge compares an answer with the ledger.
func (l *Load) judge(node int, a *answer, i *image, what string, fits func(state) bool) bool {
	age := l.age
	if node == 0 {
		age = 0 // what was written through this node is seen at once
	}
	if i.allows(a.began, a.ended, age, fits) {
		return true
	}
	l.complain("node %d, %s: image %s was %s, but the answer is\n%.600s", node, what, i.id, i, around(a.body, i.id))
	return false
}

// around is the part of an answer that begins with an image.
func around(text []byte, id string) []byte { return text[max(0, bytes.Index(text, []byte(id))):] }

func (l *Load) decode(text []byte, into any) bool {
	err := json.Unmarshal(text, into)
	if err != nil {
		l.complain("%v: %s", err, fmt.Sprintf("%.1000s", text))
	}
	return err == nil
}
