// Package version says which build of the gateway is running.
package version

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
)

// Set by the linker in packages and images (packaging/build.sh):
//
//	-X github.com/glancegate/glancegate/internal/version.version=1.2.3
var version, commit, date string

const modulePath = "github.com/glancegate/glancegate"

// Build is where a binary comes from. Version is "devel" and the other texts are
// empty where that is not known.
type Build struct {
	Version string `json:"version"` // without a leading "v"
	Commit  string `json:"commit"`  // the hash
	Date    string `json:"date"`    // of the commit, RFC 3339
	Go      string `json:"go"`      // the version of Go that built it
}

// Current is the build of this process: what the linker wrote, else what Go recorded
// about the module.
func Current() Build {
	b := Build{Version: version, Commit: commit, Date: date, Go: runtime.Version()}
	if b.Version == "" {
		if info, ok := debug.ReadBuildInfo(); ok {
			b.fromInfo(info)
		}
	}
	b.Version = cmp.Or(strings.TrimPrefix(b.Version, "v"), "devel")
	return b
}

// fromInfo reads the module's version, and its commit if it is the main module.
func (b *Build) fromInfo(info *debug.BuildInfo) {
	for _, module := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if module.Path != modulePath {
			continue
		}
		if module.Replace != nil {
			module = module.Replace
		}
		if module.Version != "(devel)" {
			b.Version = module.Version
		}
	}
	if info.Main.Path != modulePath {
		return
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		}
	}
}

// String is the build in a line: "1.2.3 (commit 0123456789ab, 2026-11-28T12:00:00Z)".
func (b Build) String() string {
	if b.Commit == "" {
		return b.Version
	}
	return fmt.Sprintf("%s (commit %.12s, %s)", b.Version, b.Commit, b.Date)
}
