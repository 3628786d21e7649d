package caddymodule

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"github.com/glancegate/glancegate/caddymodule/internal/placeholder"
	"github.com/glancegate/glancegate/dbbackend"
	"github.com/glancegate/glancegate/identity/keystone"
	"github.com/glancegate/glancegate/internal/dburl"
)

// Targets are the services that the handlers of a configuration need, each once.
type Targets struct {
	Listen    []string // addresses of Caddy
	Databases []DatabaseTarget
	Redis     []RedisTarget
	Keystones []keystone.Config
	Headers   []HeadersTarget // servers with the Images API v1
	Shadows   []ShadowTarget
}

// DatabaseTarget is a database, and how handlers use it.
type DatabaseTarget struct {
	Subject  string // its URL, without a password
	Config   dbbackend.Config
	ReadOnly bool
	RPC      bool
	Changes  string // the URL of the database to follow; empty: it is not followed
}

// RedisTarget is a Redis, of a cache or of tokens.
type RedisTarget struct {
	Subject string // what it is for
	URL     string
}

// ShadowTarget is an old registry that runs beside the gateway.
type ShadowTarget struct {
	URL      string
	ServeOld bool   // it answers clients
	Admin    string // the address of the admin API in the configuration; empty: the default
	AdminOff bool
}

var errNoHandler = errors.New("the configuration has no glance_registry handler")

// FindTargets reads a configuration of Caddy, without loading it.
func FindTargets(content []byte) (*Targets, error) {
	var config struct {
		Admin struct {
			Listen   string `json:"listen"`
			Disabled bool   `json:"disabled"`
		} `json:"admin"`
		Apps struct {
			HTTP struct {
				Servers map[string]struct {
					Listen []string `json:"listen"`
					Routes any      `json:"routes"`
					Names  []string `json:"expected_underscore_headers"`
				} `json:"servers"`
			} `json:"http"`
			Registry Settings `json:"glance_registry"`
		} `json:"apps"`
	}
	if err := json.Unmarshal(content, &config); err != nil {
		return nil, fmt.Errorf("the configuration: %w", err)
	}
	targets := &Targets{}
	found := false
	for _, server := range config.Apps.HTTP.Servers {
		handlers, err := handlersIn(server.Routes)
		if err != nil {
			return nil, err
		}
		images := false
		for _, settings := range handlers {
			found = true
			settings = settings.over(config.Apps.Registry)
			images = images || settings.ImagesV1 != nil
			if err := targets.add(settings); err != nil {
				return nil, err
			}
			if err := targets.addShadow(settings.Shadow, ShadowTarget{Admin: config.Admin.Listen, AdminOff: config.Admin.Disabled}); err != nil {
				return nil, err
			}
		}
		if images {
			targets.Headers = append(targets.Headers, HeadersTarget{server.Listen, server.Names})
		}
		if len(handlers) > 0 {
			targets.Listen = append(targets.Listen, server.Listen...)
		}
	}
	if !found {
		return nil, errNoHandler
	}
	slices.Sort(targets.Listen)
	targets.Listen = slices.Compact(targets.Listen)
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
func (t *Targets) add(s Settings) error {
	config, err := s.databaseConfig(zap.NewNop())
	if err != nil {
		return err
	}
	u, err := dburl.Parse(config.URL)
	if err != nil {
		return err
	}
	database := DatabaseTarget{
		Subject: u.Redacted(), Config: config, ReadOnly: s.Database.ReadOnly, RPC: enabled(s.RPC, true),
	}
	if s.Cache != nil && !s.Cache.Off {
		cache, err := s.Cache.config(config.URL)
		if err != nil {
			return err
		}
		database.Changes = cache.Changes
		if err := t.addRedis("redis of the cache", cache.Redis); err != nil {
			return err
		}
	}
	t.Databases = addOnce(t.Databases, database)
	return t.addIdentity(s.IdentityRaw)
}

// addShadow adds an old registry to what is known of where to ask about it.
func (t *Targets) addShadow(s *Shadow, target ShadowTarget) error {
	if s == nil {
		return nil
	}
	c, err := s.config()
	if err != nil {
		return fmt.Errorf("shadow: %w", err)
	}
	target.URL, target.ServeOld = c.URL, c.ServeOld
	t.Shadows = addOnce(t.Shadows, target)
	return nil
}

func (t *Targets) addRedis(subject, url string) error {
	if url != "" {
		t.Redis = addOnce(t.Redis, RedisTarget{subject, url})
	}
	return nil
}

// addIdentity adds the Keystone of a source of identity, if it has one.
func (t *Targets) addIdentity(raw json.RawMessage) error {
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
	if err := options.Expand(placeholder.Expand); err != nil {
		return err
	}
	config, _, err := options.Resolve()
	if err != nil {
		return fmt.Errorf("identity keystone: %w", err)
	}
	if !slices.ContainsFunc(t.Keystones, func(other keystone.Config) bool {
		return fmt.Sprintf("%#v", other) == fmt.Sprintf("%#v", config)
	}) {
		t.Keystones = append(t.Keystones, config)
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
