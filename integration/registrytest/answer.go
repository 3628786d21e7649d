package registrytest

import (
	"encoding/json"
	"net/http"
	"slices"
)

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Cause  error // of a failure, which the client is not told

	call *Call
}

// Expect fails the test unless the answer has one of the statuses.
func (a *Answer) Expect(statuses ...int) *Answer {
	a.call.registry.t.Helper()
	if !slices.Contains(statuses, a.Status) {
		a.call.registry.t.Fatalf("%s\n%s\nwant status %d", a.call, a, statuses)
	}
	return a
}

// Expect is Answer followed by Expect.
func (c *Call) Expect(statuses ...int) *Answer {
	c.registry.t.Helper()
	return c.Answer().Expect(statuses...)
}

// Into decodes the body.
func (a *Answer) Into(v any) {
	a.call.registry.t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		a.call.registry.t.Fatalf("%s\n%s\n%v", a.call, a, err)
	}
}

// ExpectImage fails the test unless the answer is one image.
func (c *Call) ExpectImage() *Image {
	c.registry.t.Helper()
	var body struct{ Image *Image }
	c.Expect(http.StatusOK).Into(&body)
	if body.Image == nil {
		c.registry.t.Fatalf("%s: no image in the answer", c)
	}
	return body.Image
}

// ExpectImages fails the test unless the answer is a list of images.
func (c *Call) ExpectImages() []Image {
	c.registry.t.Helper()
	var body struct{ Images []Image }
	c.Expect(http.StatusOK).Into(&body)
	return body.Images
}

// ExpectMembers fails the test unless the answer is a list of members; it tells
// who can share.
func (c *Call) ExpectMembers() map[string]bool {
	c.registry.t.Helper()
	var body struct {
		Members []struct {
			ID       string `json:"member_id"`
			CanShare bool   `json:"can_share"`
		}
	}
	c.Expect(http.StatusOK).Into(&body)
	members := make(map[string]bool, len(body.Members))
	for _, m := range body.Members {
		if _, twice := members[m.ID]; twice {
			c.registry.t.Errorf("%s: member %s is listed twice", c, m.ID)
		}
		members[m.ID] = m.CanShare
	}
	return members
}
