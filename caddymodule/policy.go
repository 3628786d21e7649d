package caddymodule

import (
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/compat"
	"github.com/glancegate/glancegate/internal/policy"
)

// Policy names the files of oslo.policy, in JSON or YAML. They are read when the
// configuration is loaded.
type Policy struct {
	// The policy file. It must exist.
	File string `json:"file"`

	// Folders with files that override single rules of it, in the order of
	// their names. Default: none.
	Dirs []string `json:"dirs,omitempty"`

	// The rule that applies if `context_is_admin` is missing.
	// Default: `default`.
	DefaultRule string `json:"default_rule,omitempty"`
}

// loadPolicy loads the rule that decides who is an admin; nil: the built-in one.
func (h *Handler) loadPolicy() (*policy.Rule, error) {
	if h.Policy == nil {
		return nil, nil
	}
	rule, err := h.Policy.rule(h.release())
	if err != nil {
		return nil, fmt.Errorf("policy_file: %w", err)
	}
	for _, warning := range rule.Warnings {
		h.logger.Warn("policy_file: "+warning, zap.String("file", h.Policy.File))
	}
	return rule, nil
}

// rule reads the rule context_is_admin as a release did. A rule that makes callers
// without any role admins is refused: it is usually an empty default.
func (p *Policy) rule(release compat.Release) (*policy.Rule, error) {
	file, err := placeholder.Expand(p.File)
	if err != nil {
		return nil, err
	}
	if file == "" {
		return nil, errors.New("the name of the file is missing")
	}
	dirs := make([]string, len(p.Dirs))
	for i, dir := range p.Dirs {
		if dirs[i], err = placeholder.Expand(dir); err != nil {
			return nil, err
		}
	}
	rules, err := policy.Read(file, dirs...)
	if err != nil {
		return nil, err
	}
	rule, err := rules.Rule(policy.ContextIsAdmin, p.DefaultRule, release)
	if err != nil {
		return nil, err
	}
	if rule.AllowsEveryone() {
		return nil, fmt.Errorf("%s: everyone is an admin by the rule %q, even without a role; "+
			`set "context_is_admin" to "role:admin", or to what your admins have`, file, rule.Text)
	}
	return rule, nil
}

func parsePolicy(d *caddyfile.Dispenser, s *Settings) error {
	s.Policy = new(Policy)
	if !d.AllArgs(&s.Policy.File) || s.Policy.File == "" {
		return usage(d, "policy_file <path>")
	}
	return policyGrammar.block(d, "policy_file", s.Policy)
}

var policyGrammar = grammar[Policy]{
	"dirs":         texts("path", func(p *Policy) *[]string { return &p.Dirs }),
	"default_rule": text("rule", func(p *Policy) *string { return &p.DefaultRule }),
}
