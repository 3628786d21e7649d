package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// packaging is what Debian puts around a version.
var packaging = regexp.MustCompile(`^[0-9]+:|\+(ds|dfsg).*$|-[^-]*$`)

// installed reads the version of a package in a root, as its authors call it.
func installed(root, pkg string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "var/lib/dpkg/status"))
	if err != nil {
		return "", fmt.Errorf("no root of %s (.ci/roots.sh makes it): %w", pkg, err)
	}
	_, entry, found := strings.Cut("\n"+string(text), "\nPackage: "+pkg+"\n")
	if !found {
		return "", fmt.Errorf("%s has no package %s", root, pkg)
	}
	entry, _, _ = strings.Cut(entry, "\n\n")
	_, version, _ := strings.Cut("\n"+entry, "\nVersion: ")
	version, _, _ = strings.Cut(version, "\n")
	return packaging.ReplaceAllString(packaging.ReplaceAllString(version, ""), ""), nil
}
