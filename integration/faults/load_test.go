package faults

import (
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/glancegate/glancegate/integration/servers"
)

// soak runs every scenario in its long form, and those that have only that.
var soak = flag.Bool("faults.soak", false, "run the scenarios in full")

// deadline is the request deadline of gateways under load.
const deadline = 3 * time.Second

// slack is what a machine with other work adds to it.
const slack = 4 * time.Second

// mostMemory is more than a gateway has whose database fails under this load.
const mostMemory = 256 << 20

// on is the databases of a scenario in which the database has no part: that one,
// and all in the long form.
func on(short servers.Kind) []servers.Kind {
	return lasts([]servers.Kind{short}, []servers.Kind{servers.MySQL, servers.PostgreSQL})
}

// lasts is how long or how often something happens.
func lasts[T any](short, long T) T {
	if *soak {
		return long
	}
	return short
}

// site is the site of a registry on a database, with further directives.
func site(databaseURL, directives string) string {
	if !strings.Contains(directives, "identity ") {
		directives += "\nidentity trusted"
	}
	if !strings.Contains(directives, "limits ") {
		directives += fmt.Sprintf("\nlimits {\nrequest %v\n}", deadline)
	}
	return fmt.Sprintf("glance_registry {\ndatabase `%s`\ncompatible_with train\n%s\n}", databaseURL, directives)
}
