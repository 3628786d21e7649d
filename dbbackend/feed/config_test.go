package feed_test

import (
	"strings"
	"testing"

	"github.com/glancegate/glancegate/dbbackend/feed"
)

func TestURLIsRefused(t *testing.T) {
	for url, want := range map[string]string{
		"":                                  "it must begin with a driver",
		"oracle://u:hunter2@h/g":            "driver",
		"mysql://u:hunter2@h":               "name of the database",
		"postgresql://u:hunter2@h/g?a=b":    "not known",
		"sqlite:///:memory:":                "lost at the next reload",
		"mysql://u:hunter2@h/g?charset=gbk": "charset must be",
	} {
		_, err := feed.New(feed.Config{URL: url})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
	}
}

// TestNobodyThere fails soon, and names no secret.
func TestNobodyThere(t *testing.T) {
	for _, url := range []string{
		"mysql+pymysql://u:hunter2@127.0.0.1:1/glance", "postgresql://u:hunter2@127.0.0.1:1/glance", "sqlite:////does/not/exist",
	} {
		if err := feed.Check(t.Context(), url); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", url, err)
		}
	}
}
