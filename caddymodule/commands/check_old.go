package commands

import (
	"os"
	"strings"

	"github.com/glancegate/glancegate/glanceconf"
)

// checkOld says what was made of an old configuration, which could be read: what an
// operator has to agree with.
func checkOld(name string) []checkResult {
	body, err := os.ReadFile(name)
	if err != nil {
		return nil // it was there a moment ago
	}
	settings, findings, err := readOldConfig(name, body, os.LookupEnv)
	if err != nil {
		return nil
	}
	release := checkResult{"release", name, checkOK, settings.ReleaseWords}
	for _, f := range glanceconf.Warnings(findings) {
		if strings.Contains(f.Text, glanceconf.EnvRelease) {
			release.Result, release.Text = checkWarning, f.Text
		}
	}
	return []checkResult{release, {"admins", name, checkOK, settings.Admins.Words}}
}
