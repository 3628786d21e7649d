package caddymodule

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/glancegate/glancegate/cache"
	"github.com/glancegate/glancegate/caddymodule/internal/caches"
)

const (
	cachePath      = "/glance_registry/cache"
	cacheImagePath = cachePath + "/images/"
	publicPath     = cachePath + "/public_reads"
)

// cacheHealth is the state of one cache.
type cacheHealth struct {
	Database string `json:"database"` // URL without password

	// Serving says that answers may come from the cache. If not, Reason says why every
	// read goes to the database.
	Serving bool   `json:"serving"`
	Reason  string `json:"reason,omitempty"`

	// Lag is the time since the moment up to which all changes are known, in seconds;
	// null if changes are not followed.
	Lag *float64 `json:"lag"`

	Values int   `json:"values"` // in this process
	Bytes  int64 `json:"bytes"`

	Redis *redisHealth `json:"redis"` // null where there is none
}

type redisHealth struct {
	URL string `json:"url"` // without password
	cache.RedisStatus
}

func cacheStates() []cacheHealth {
	states := []cacheHealth{}
	caches.Each(func(c *caches.Cache) {
		state := c.State()
		health := cacheHealth{Database: c.Name, Serving: state.Serving, Values: state.Values, Bytes: state.Bytes}
		if state.Reason != nil {
			health.Reason = state.Reason.Error()
		}
		if state.Followed {
			health.Lag = new(state.Lag.Seconds())
		}
		if status, ok := c.Shared(); ok {
			health.Redis = &redisHealth{URL: c.Redis, RedisStatus: status}
		}
		states = append(states, health)
	})
	return states
}

// cache shows the caches (GET), or empties them (DELETE), including those of other
// gateways that share a Redis.
func (a *adminAPI) cache(w http.ResponseWriter, r *http.Request) error {
	switch r.Method {
	case http.MethodGet:
		return writeAdminJSON(w, http.StatusOK, map[string]any{"caches": cacheStates()})
	case http.MethodDelete:
		caches.Each(func(c *caches.Cache) { c.Purge() })
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return methodNotAllowed(r)
}

// publicReads shows what is kept of glance-api's answers (GET), or drops all of it in this
// process (DELETE), as after a change of glance-api's configuration.
func (a *adminAPI) publicReads(w http.ResponseWriter, r *http.Request) error {
	switch r.Method {
	case http.MethodGet:
		report := newPublicReport()
		caches.Each(func(c *caches.Cache) {
			answers, bytes := c.Answers("")
			report.Answers, report.Bytes = report.Answers+answers, report.Bytes+bytes
		})
		return writeAdminJSON(w, http.StatusOK, report)
	case http.MethodDelete:
		caches.Each(func(c *caches.Cache) { c.PurgeAnswers() })
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return methodNotAllowed(r)
}

// cachedImage is what is kept of one image.
type cachedImage struct {
	Record  bool  `json:"record"`
	Answers int   `json:"answers"` // of glance-api that show it, lists included
	Bytes   int64 `json:"bytes"`   // of these
}

// cacheImage shows what is kept of one image (GET), or drops it from the caches, with
// all answers that show it (DELETE).
func (a *adminAPI) cacheImage(w http.ResponseWriter, r *http.Request) error {
	id := strings.TrimPrefix(r.URL.Path, cacheImagePath)
	if r.Method != http.MethodDelete && r.Method != http.MethodGet {
		return methodNotAllowed(r)
	}
	if id == "" {
		return caddy.APIError{HTTPStatus: http.StatusNotFound, Err: fmt.Errorf("no image id; write %s %s<id>", r.Method, cacheImagePath)}
	}
	if r.Method == http.MethodGet {
		var kept cachedImage
		caches.Each(func(c *caches.Cache) {
			answers, bytes := c.Answers(id)
			kept.Record = kept.Record || c.HasRecord(id)
			kept.Answers, kept.Bytes = kept.Answers+answers, kept.Bytes+bytes
		})
		return writeAdminJSON(w, http.StatusOK, kept)
	}
	caches.Each(func(c *caches.Cache) { c.PurgeImage(id) })
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func methodNotAllowed(r *http.Request) error {
	return caddy.APIError{HTTPStatus: http.StatusMethodNotAllowed, Err: fmt.Errorf("method not allowed: %s", r.Method)}
}

func writeAdminJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return caddy.APIError{HTTPStatus: http.StatusInternalServerError, Err: err}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}
