package conformance

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// The reasons for which a case does not apply to a schema.
const (
	needsColumn     = "needs a column that the release lacks"
	needsVisibility = "needs visibilities"
	needsImage      = "is about an image with other rights than in the record"
	needsPage       = "has a page that images with other rights would push others from"
	needsPrivate    = "makes members of images that are not shared"
	needsTwoRows    = "has two rows for a member, which the release takes on other databases only"
)

// applies is empty for a case whose record holds for the schema, or the reason
// why it does not.
func (s *schema) applies(c *Case) string {
	requests := texts(c.Steps, func(step Step) any { return step.Request })
	for _, column := range s.lacking {
		if column != "visibility" && strings.Contains(requests, column) {
			return needsColumn
		}
	}
	if s.oneRow && s.makesSecondRow(c) {
		return needsTwoRows
	}
	if !s.old {
		return ""
	}
	if mentionsVisibility(c) {
		return needsVisibility
	}
	all := requests + texts(c.Steps, func(step Step) any { return []any{step.Response, step.Database} }) + texts(nil, nil, c.Variants)
	for id := range s.moved {
		if strings.Contains(all, id) {
			return needsImage
		}
	}
	if slices.ContainsFunc(c.Steps, s.mayBeCut) {
		return needsPage
	}
	if makesMembers(requests) && readsImages(c) {
		return needsPrivate
	}
	return ""
}

// texts is values of steps as one JSON text, with others behind it.
func texts(steps []Step, part func(Step) any, others ...any) string {
	for _, step := range steps {
		others = append(others, part(step))
	}
	text, err := json.Marshal(others)
	if err != nil {
		panic(err) // it came from JSON
	}
	return string(text)
}

// mentionsVisibility does not mean that of namespaces.
func mentionsVisibility(c *Case) bool {
	return slices.ContainsFunc(c.Steps, func(step Step) bool {
		metadef := slices.ContainsFunc(step.Request.commands(), func(name string) bool { return strings.HasPrefix(name, "metadef_") })
		return !metadef && strings.Contains(texts(nil, nil, step.Request, step.Pick), "visibility")
	})
}

// mayBeCut tells whether a list that was asked for is so long that the moved images
// leave no room for the others.
func (s *schema) mayBeCut(step Step) bool {
	path, query, _ := strings.Cut(step.Request.Path, "?")
	text := texts(nil, nil, step.Request)
	isV1 := path == "/" || step.Request.Method == "GET" && (path == "/images" || path == "/images/detail")
	if !isV1 && !slices.Contains(step.Request.commands(), "image_get_all") {
		return false
	}
	limit := 1 << 30
	if isV1 {
		limit = 25
		for part := range strings.SplitSeq(query, "&") {
			if n, err := strconv.Atoi(strings.TrimPrefix(part, "limit=")); err == nil {
				limit = n
			}
		}
	} else if strings.Contains(text, `"limit":`) && !strings.Contains(text, `"limit":null`) {
		limit = 0
	}
	return longest(step.Response)+len(s.moved) > limit
}

// longest is the length of the longest list in an answer.
func longest(r Response) int {
	var longestIn func(any) int
	longestIn = func(v any) (most int) {
		switch v := v.(type) {
		case []any:
			most = len(v)
			for _, x := range v {
				most = max(most, longestIn(x))
			}
		case map[string]any:
			for _, x := range v {
				most = max(most, longestIn(x))
			}
		}
		return most
	}
	return max(longestIn(r.Body.Value), longestIn(r.Picked.Value))
}

// makesMembers tells whether requests change members.
func makesMembers(requests string) bool {
	return strings.Contains(requests, "image_member_create") || strings.Contains(requests, "image_member_update") ||
		strings.Contains(requests, "/members")
}

// readsImages tells whether somebody other than an administrator reads images
// besides.
func readsImages(c *Case) bool {
	return slices.ContainsFunc(c.Steps, func(step Step) bool {
		admin := strings.Contains(strings.ToLower(step.Request.Headers["X-Roles"]), "admin")
		path, _, _ := strings.Cut(step.Request.Path, "?")
		v1 := strings.HasPrefix(path, "/images") && !strings.Contains(path, "/members")
		return !admin && (v1 || slices.ContainsFunc(step.Request.commands(), func(name string) bool {
			return !strings.Contains(name, "member")
		}))
	})
}
