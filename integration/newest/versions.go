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

// number is that of a release in the name of a package.
var number = regexp.MustCompile(`-[0-9.]+$`)

// installed reads the version of a package in a root, as its authors call it. A
// package with the number of a release in its name may have another number there.
func installed(root, pkg string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "var/lib/dpkg/status"))
	if err != nil {
		return "", fmt.Errorf("no root of %s (.ci/roots.sh makes it): %w", pkg, err)
	}
	name := regexp.QuoteMeta(pkg)
	if number.MatchString(pkg) {
		name = regexp.QuoteMeta(number.ReplaceAllString(pkg, "")) + "-[0-9.]+"
	}
	at := regexp.MustCompile(`(?m)^Package: ` + name + `$`).FindIndex(text)
	if at == nil {
		return "", fmt.Errorf("%s has no package %s", root, pkg)
	}
	entry, _, _ := strings.Cut(string(text[at[1]:]), "\n\n")
	_, version, _ := strings.Cut(entry, "\nVersion: ")
	version, _, _ = strings.Cut(version, "\n")
	return upstream(version), nil
}

// upstream is a version without what Debian puts around it.
func upstream(version string) string {
	return packaging.ReplaceAllString(packaging.ReplaceAllString(version, ""), "")
}
