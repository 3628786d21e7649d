package authorization

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/glancegate/glancegate/integration/registrytest"
	"github.com/glancegate/glancegate/integration/rpctest"
	"github.com/glancegate/glancegate/integration/servers"
	"github.com/glancegate/glancegate/integration/tables"
	"github.com/glancegate/glancegate/registry"
	"github.com/glancegate/glancegate/registry/access"
	"github.com/glancegate/glancegate/registry/records"
	"github.com/glancegate/glancegate/registry/rest"
)

// scene is a database with the same rows before every attempt.
type scene struct {
	t      *testing.T
	db     *servers.Database
	store  records.Store
	before tables.Rows
}

func newScene(t *testing.T, db *servers.Database) *scene {
	s := &scene{t: t, db: db, store: registrytest.Open(t, db)}
	s.restore()
	return s
}

func (s *scene) restore() {
	tables.Fill(s.t, s.db, slices.Concat(images, tasks, metadefs))
	s.before = tables.Read(s.t, s.db)
}

// attempt is what came of a request.
type attempt struct {
	refused bool
	failed  bool // for another reason than that the caller has no right
	answer  string
	changes []string // of rows
}

// try lets one caller try one thing.
func (s *scene) try(name string, p probe, caller *access.Caller, hardened bool) attempt {
	service := &registry.Service{Store: s.store, Rules: access.Rules{Harden: hardened}}
	caller.Trusted = caller.Admin || p.namedPeer
	var a attempt
	if method, _, isRoute := strings.Cut(name, " "); isRoute {
		a = s.request(service, method, p, caller)
	} else {
		a = s.command(service, name, p, caller)
	}
	a.changes = s.before.Changes(tables.Read(s.t, s.db))
	if len(a.changes) > 0 {
		s.restore()
	}
	return a
}

// refusals are the exceptions that say that a caller has no right; one that
// must not see a thing is told that it is not there.
var refusals = []string{
	"Forbidden", "ForbiddenPublicImage", "ImageNotFound", "TaskNotFound", "MetadefForbidden",
	"MetadefObjectNotFound", "MetadefPropertyNotFound", "MetadefTagNotFound",
}

func (s *scene) command(service *registry.Service, name string, p probe, caller *access.Caller) attempt {
	answer := rpctest.Serve(s.t, service).Call(name, p.kwargs(caller)).As(caller).Answer()
	if answer.Error == nil {
		return attempt{answer: string(answer.Result)}
	}
	return attempt{refused: true, failed: answer.Error.Class != p.fails && !slices.Contains(refusals, answer.Error.Class), answer: answer.String()}
}

func (s *scene) request(service *registry.Service, method string, p probe, caller *access.Caller) attempt {
	h := &rest.Handler{Service: service, DefaultPage: 100, MaxPage: 100, BodyLimit: 1 << 20}
	r := httptest.NewRequest(method, p.path, http.NoBody)
	if p.body != nil {
		text, err := json.Marshal(p.body)
		if err != nil {
			s.t.Fatal(err)
		}
		r = httptest.NewRequest(method, p.path, strings.NewReader(string(text)))
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r, rest.Match(method, r.URL.Path), caller)
	a := attempt{refused: w.Code >= 400, answer: w.Body.String()}
	switch w.Code {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed:
	default:
		a.failed = a.refused
	}
	return a
}

// outcome is the word that the document has for it. What it has no word for is
// told at length.
func (a attempt) outcome(p probe) outcome {
	changed := len(a.changes) > 0
	switch {
	case a.failed:
		return "an error that is no refusal"
	case a.refused && changed:
		return late
	case a.refused:
		return no
	case changed == (p.reads || p.shows != ""):
		return "done, but rows changed that should stay, or stayed that should change"
	case p.shows == "":
		return yes
	case strings.Contains(a.answer, p.shows):
		return shown
	}
	return hidden
}

func (a attempt) String() string {
	return strings.Join(append([]string{a.answer}, a.changes...), "\n")
}
