// Package policy evaluates rules of oslo.policy files: context_is_admin, which the
// registry asked for and nothing else (registry-config.md, 5), and those of the Images
// API v1. A rule that can't be understood is an error when it is made, and never one
// that passes.
package policy

// ContextIsAdmin is the rule that makes admins.
const ContextIsAdmin = "context_is_admin"

// DefaultRule is the rule that stands in for those that a file lacks.
const DefaultRule = "default"

// Rule is a rule with all the rules that it refers to.
type Rule struct {
	// Text is the expression as it stands in the file, or empty where it has
	// neither the rule nor a default.
	Text string

	// Warnings names the parts that never match.
	Warnings []string

	// Targeted names the parts that ask for fields of a target, such as
	// project_id:%(owner)s. Without a target they never match.
	Targeted []string

	check check
}

// Target looks up a field of what a request is about; nil: it is about nothing.
type Target func(field string) (value string, known bool)

// Allows reports whether the rule passes for a caller who asks about nothing.
func (r *Rule) Allows(c *Credentials) bool { return r.check.allows(c, nil) }

// AllowsAbout reports whether the rule passes for a caller and a target.
func (r *Rule) AllowsAbout(c *Credentials, t Target) bool { return r.check.allows(c, t) }

// AllowsEveryone reports whether the rule passes for a caller without any role or other
// property.
func (r *Rule) AllowsEveryone() bool { return r.Allows(Nobody()) }

// check is a rule or a part of one.
type check interface {
	allows(*Credentials, Target) bool
}

type constant bool

func (c constant) allows(*Credentials, Target) bool { return bool(c) }

type not struct{ check }

func (n not) allows(c *Credentials, t Target) bool { return !n.check.allows(c, t) }

type all []check

func (a all) allows(c *Credentials, t Target) bool {
	for _, check := range a {
		if !check.allows(c, t) {
			return false
		}
	}
	return true
}

type anyOf []check

func (a anyOf) allows(c *Credentials, t Target) bool {
	for _, check := range a {
		if check.allows(c, t) {
			return true
		}
	}
	return false
}
