package faults

import (
	"flag"
	"fmt"
	"time"
)

// soak runs every scenario in its long form, and those that have only that.
var soak = flag.Bool("faults.soak", false, "run the scenarios in full")

// deadline is the request deadline of gateways under load.
const deadline = 5 * time.Second

// lasts is how long or how often something happens.
func lasts[T any](short, long T) T {
	if *soak {
		return long
	}
	return short
}

// site is the site of a registry on a database, with further directives.
func site(databaseURL, directives string) string {
	return fmt.Sprintf("glance_registry {\ndatabase `%s`\nidentity trusted\ncompatible_with train\nlimits {\nrequest %v\n}\n%s\n}", databaseURL, deadline, directives)
}
