package version

import (
	"runtime/debug"
	"testing"
)

func TestFromInfo(t *testing.T) {
	vcs := []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.time", Value: "2026-11-28T12:00:00Z"}}
	other := debug.Module{Path: "caddy"}
	for name, c := range map[string]struct {
		info debug.BuildInfo
		want Build
	}{
		"a checkout": {debug.BuildInfo{Main: debug.Module{Path: modulePath, Version: "(devel)"}, Settings: vcs},
			Build{Commit: "0123456789abcdef", Date: "2026-11-28T12:00:00Z"}},
		"a release": {debug.BuildInfo{Main: debug.Module{Path: modulePath, Version: "v1.2.3"}}, Build{Version: "v1.2.3"}},
		"in another Caddy": {debug.BuildInfo{Main: other, Settings: vcs, Deps: []*debug.Module{{Path: modulePath, Version: "v1.2.3"}}},
			Build{Version: "v1.2.3"}},
		"a fork in another Caddy": {debug.BuildInfo{Main: other, Deps: []*debug.Module{
			{Path: modulePath, Version: "v1.2.3", Replace: &debug.Module{Path: "fork", Version: "v1.2.4"}}}}, Build{Version: "v1.2.4"}},
	} {
		var got Build
		if got.fromInfo(&c.info); got != c.want {
			t.Errorf("%s: %+v, not %+v", name, got, c.want)
		}
	}
}

func TestString(t *testing.T) {
	b := Build{Version: "1.2.3", Commit: "0123456789abcdef", Date: "2026-11-28T12:00:00Z"}
	if got, want := b.String(), "1.2.3 (commit 0123456789ab, 2026-11-28T12:00:00Z)"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
	if got := (Build{Version: "devel"}).String(); got != "devel" {
		t.Errorf("%q", got)
	}
}
