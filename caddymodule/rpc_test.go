package caddymodule

import (
	"fmt"
	"strings"
	"testing"
)

// TestFailedCommandsAreVisible: on the wire they are a 200.
func TestFailedCommandsAreVisible(t *testing.T) {
	t.Setenv("GLANCE_PASSWORD", "s3cret-database")
	count := commandsTotal.WithLabelValues("image_get", "ImageNotFound")
	succeeded := commandsTotal.WithLabelValues("image_get_all", "")
	before, beforeSucceeded := valueOf(t, count), valueOf(t, succeeded)

	s := start(t, loggingSite)
	body := `[{"command": "image_get_all"}, {"command": "image_get", "kwargs": {"image_id": "nothing"}}]`
	res, answer := s.send(s.request("POST", "/rpc", strings.NewReader(body), asAdmin...))
	if res.StatusCode != 200 || !strings.Contains(answer, "glance.common.exception.ImageNotFound") {
		t.Fatalf("%d %s", res.StatusCode, answer)
	}
	if valueOf(t, count)-before != 1 || valueOf(t, succeeded)-beforeSucceeded != 1 {
		t.Error("the commands were not counted")
	}
	line := s.logLines("handled request", 1)[0]
	for name, want := range map[string]string{
		"glance_route":         "rpc",
		"glance_command_count": "2",
		"glance_commands":      "[image_get_all image_get]",
		"glance_errors":        "[image_get: ImageNotFound]",
	} {
		if got := fmt.Sprint(line[name]); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
