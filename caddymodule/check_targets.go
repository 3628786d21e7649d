package caddymodule

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/dbbackend/dburl"
	"github.com/glancegate/glancegate/identity/keystone"
)

// checkTargets is what the handlers of a configuration need around them, each
// thing once.
type checkTargets struct {
	listen    []string
	databases []databaseTarget
	redis     []redisTarget
	keystones []keystone.Config
}

type databaseTarget struct {
	subject  string
	config   dbbackend.Config
	readOnly bool
	rpc      bool
	changes  string // the URL of the database to follow; empty: it is not followed
}

type redisTarget struct{ subject, url string }

var errNoHandler = errors.New("the configuration has no glance_registry handler")

// findTargets reads a configuration of Caddy, without loading it.
func findTargets(content []byte) (*checkTargets, error) {
	var config struct {
		Apps struct {
			HTTP struct {
				Servers map[string]struct {
					Listen []string `json:"listen"`
					Routes any      `json:"routes"`
				} `json:"servers"`
			} `json:"http"`
			Registry Settings `json:"glance_registry"`
		} `json:"apps"`
	}
	if err := json.Unmarshal(content, &config); err != nil {
		return nil, fmt.Errorf("the configuration: %w", err)
	}
	targets := &checkTargets{}
	found := false
	for _, server := range config.Apps.HTTP.Servers {
		handlers, err := handlersIn(server.Routes)
		if err != nil {
			return nil, err
		}
		for _, settings := range handlers {
			found = true
			if err := targets.add(settings.over(config.Apps.Registry)); err != nil {
				return nil, err
			}
		}
		if len(handlers) > 0 {
			targets.listen = append(targets.listen, server.Listen...)
		}
	}
	if !found {
		return nil, errNoHandler
	}
	slices.Sort(targets.listen)
	targets.listen = slices.Compact(targets.listen)
	return targets, nil
}

// handlersIn finds handlers at any depth of routes and subroutes.
func handlersIn(node any) (found []Settings, err error) {
	switch node := node.(type) {
	case []any:
		for _, item := range node {
			more, err := handlersIn(item)
			if err != nil {
				return nil, err
			}
			found = append(found, more...)
		}
	case map[string]any:
		if node["handler"] == "glance_registry" {
			var settings Settings
			text, _ := json.Marshal(node) // it was JSON
			err := json.Unmarshal(text, &settings)
			return []Settings{settings}, err
		}
		for _, item := range node {
			more, err := handlersIn(item)
			if err != nil {
				return nil, err
			}
			found = append(found, more...)
		}
	}
	return found, nil
}

// add adds what a handler needs.
func (t *checkTargets) add(s Settings) error {
	config, err := s.databaseConfig(zap.NewNop())
	if err != nil {
		return err
	}
	u, err := dburl.Parse(config.URL)
	if err != nil {
		return err
	}
	database := databaseTarget{
		subject: u.Redacted(), config: config, readOnly: s.Database.ReadOnly, rpc: enabled(s.RPC, true),
	}
	if s.Cache != nil && !s.Cache.Off {
		cache, err := s.Cache.config(config.URL)
		if err != nil {
			return err
		}
		database.changes = cache.changes
		if err := t.addRedis("redis of the cache", cache.redis); err != nil {
			return err
		}
	}
	t.databases = addOnce(t.databases, database)
	return t.addIdentity(s.IdentityRaw)
}

func (t *checkTargets) addRedis(subject, url string) error {
	if url != "" {
		t.redis = addOnce(t.redis, redisTarget{subject, url})
	}
	return nil
}

// addIdentity adds the Keystone of a source of identity, if it has one.
func (t *checkTargets) addIdentity(raw json.RawMessage) error {
	var source struct {
		Source string `json:"source"`
	}
	if len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, &source); err != nil || source.Source != "keystone" {
		return err
	}
	var identity KeystoneIdentity
	if err := json.Unmarshal(raw, &identity); err != nil {
		return err
	}
	options := identity.Options
	options.ServiceTokenRoles = slices.Clone(options.ServiceTokenRoles)
	if err := options.Expand(expand); err != nil {
		return err
	}
	config, _, err := options.Resolve()
	if err != nil {
		return fmt.Errorf("identity keystone: %w", err)
	}
	if !slices.ContainsFunc(t.keystones, func(other keystone.Config) bool {
		return fmt.Sprintf("%#v", other) == fmt.Sprintf("%#v", config)
	}) {
		t.keystones = append(t.keystones, config)
	}
	redis, err := identity.Redis.resolve()
	if err != nil {
		return fmt.Errorf("identity keystone: redis: %w", err)
	}
	return t.addRedis("redis of the tokens", redis.URL)
}

func addOnce[T any](list []T, item T) []T {
	for _, other := range list {
		if fmt.Sprintf("%#v", other) == fmt.Sprintf("%#v", item) {
			return list
		}
	}
	return append(list, item)
}
