package caddymodule

import (
	"net/http"

	"github.com/glancegate/glancegate/identity"
)

// challenger is a source of identity that tells clients where to log in.
type challenger interface {
	// Challenge is the WWW-Authenticate field of every 401.
	Challenge() string
}

// challenging returns a writer that adds the field to a 401, whoever writes it.
func challenging(w http.ResponseWriter, source identity.Identifier) http.ResponseWriter {
	c, ok := source.(challenger)
	if !ok {
		return w
	}
	return &challengeWriter{w, c}
}

type challengeWriter struct {
	http.ResponseWriter
	challenger
}

// WriteHeader implements http.ResponseWriter.
func (w *challengeWriter) WriteHeader(status int) {
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", w.Challenge())
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap gives http.ResponseController what is below.
func (w *challengeWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
