// Package policy evaluates rules of oslo.policy files, as far as the registry
// asks for them: it asks for context_is_admin and nothing else
// (registry-config.md, 5). A rule that can't be understood is an error when it
// is made, and never one that passes.
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

	check check
}

// Allows reports whether the rule passes for a caller.
func (r *Rule) Allows(c *Credentials) bool { return r.check.allows(c) }

// AllowsEveryone reports whether the rule passes for a caller without any role or other
// property.
func (r *Rule) AllowsEveryone() bool { return r.check.allows(Nobody()) }

// check is a rule or a part of one.
type check interface {
	allows(*Credentials) bool
}

type constant bool

func (c constant) allows(*Credentials) bool { return bool(c) }

type not struct{ check }

func (n not) allows(c *Credentials) bool { return !n.check.allows(c) }

type all []check

func (a all) allows(c *Credentials) bool {
	for _, check := range a {
		if !check.allows(c) {
			return false
		}
	}
	return true
}

type anyOf []check

func (a anyOf) allows(c *Credentials) bool {
	for _, check := range a {
		if check.allows(c) {
			return true
		}
	}
	return false
}
