package badinput

import (
	"fmt"
	"strings"
	"testing"
)

// More filters than a database can take in one statement.
func TestManyFilters(t *testing.T) {
	var properties []string
	for n := range 2000 {
		properties = append(properties, fmt.Sprintf("property-%d=x", n))
	}
	onEachConnection(t, func(t *testing.T, s *sender) {
		for _, n := range []int{50, 100, 500, 2000} {
			s.send(s.RespondTo("GET /images?" + strings.Join(properties[:n], "&")))
		}
		for _, n := range []int{1000, 40_000, 100_000} {
			s.send(s.RespondTo("GET /images?name=in:" + strings.Repeat("a,", n)))
		}
	})
}
