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
	before servers.Rows
}

func newScene(t *testing.T, db *servers.Database) *scene {
	s := &scene{t: t, db: db, store: registrytest.Open(t, db)}
	s.restore()
	return s
}

func (s *scene) restore() {
	s.db.Fill(s.t, slices.Concat(images, tasks, metadefs)...)
	s.before = s.db.Rows(s.t)
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
	a.changes = s.before.Changes(s.db.Rows(s.t))
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
	h := &rest.API{Service: service, DefaultPage: 100, MaxPage: 100, BodyLimit: 1 << 20}
	r := httptest.NewRequest(method, p.path, http.NoBody)
	if p.body != nil {
		text, err := json.Marshal(p.body)
		if err != nil {
			s.t.Fatal(err)
		}
		r = httptest.NewRequest(method, p.path, strings.NewReader(string(text)))
	}
	w := httptest.NewRecorder()
	h.Serve(w, r, rest.Match(method, r.URL.Path), caller)
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

// The images. All but two are the owner's.
const (
	sharedImage    = "00000000-0000-4000-8000-000000000001"
	privateImage   = "00000000-0000-4000-8000-000000000002"
	publicImage    = "00000000-0000-4000-8000-000000000003"
	communityImage = "00000000-0000-4000-8000-000000000004"
	deletedImage   = "00000000-0000-4000-8000-000000000005" // in pending_delete
	ownerlessImage = "00000000-0000-4000-8000-000000000006"
	othersImage    = "00000000-0000-4000-8000-000000000007" // shared, without members
	sharableImage  = "00000000-0000-4000-8000-000000000008" // the members may share it

	deletedPublicImage = "00000000-0000-4000-8000-000000000009"
	deactivatedImage   = "00000000-0000-4000-8000-00000000000a" // public
	protectedImage     = "00000000-0000-4000-8000-00000000000b"
	waitingImage       = "00000000-0000-4000-8000-00000000000c" // public, in pending_delete, and not deleted

	newID = "00000000-0000-4000-8000-000000000100"
)

// Numbers of rows, far from those that databases give to new ones.
const (
	propertyRow = 1000000 + iota
	locationRow
	tagRow
	acceptedRow
	pendingRow
	acceptedRowOfPrivate
	pendingRowOfPrivate
	acceptedRowOfSharable
	pendingRowOfSharable
	publicLocationRow
	deactivatedLocationRow
	glancePropertyRow
	deletedRow // a membership
)

// images are the statements that make the images and their children.
var images = []string{
	`INSERT INTO images (id, name, status, visibility, owner, size, min_disk, min_ram, protected, os_hidden, created_at, updated_at, deleted_at, deleted) VALUES
	('` + sharedImage + `',    'shared',    'active',         'shared',    't-owner', 5, 0, 0, false, false, '2026-01-01 00:00:01', '2026-01-01 00:00:01', NULL, false),
	('` + privateImage + `',   'private',   'active',         'private',   't-owner', 5, 0, 0, false, false, '2026-01-01 00:00:02', '2026-01-01 00:00:02', NULL, false),
	('` + publicImage + `',    'public',    'active',         'public',    't-owner', 5, 0, 0, false, false, '2026-01-01 00:00:03', '2026-01-01 00:00:03', NULL, false),
	('` + communityImage + `', 'community', 'active',         'community', 't-owner', 5, 0, 0, false, false, '2026-01-01 00:00:04', '2026-01-01 00:00:04', NULL, false),
	('` + deletedImage + `',   'deleted',   'pending_delete', 'shared',    't-owner', 5, 0, 0, false, false, '2026-01-01 00:00:05', '2026-01-01 00:00:05', '2026-01-01 00:00:09', true),
	('` + ownerlessImage + `', 'ownerless', 'active',         'private',   NULL,      5, 0, 0, false, false, '2026-01-01 00:00:06', '2026-01-01 00:00:06', NULL, false),
	('` + othersImage + `',    'other',     'active',         'shared',    't-other', 5, 0, 0, false, false, '2026-01-01 00:00:07', '2026-01-01 00:00:07', NULL, false),
	('` + sharableImage + `',  'sharable',  'active',         'shared',    't-owner', 5, 0, 0, false, false, '2026-01-01 00:00:08', '2026-01-01 00:00:08', NULL, false),
	('` + deletedPublicImage + `', 'deleted public', 'deleted', 'public', 't-owner', 5, 0, 0, false, false, '2026-01-01 00:00:09', '2026-01-01 00:00:09', '2026-01-01 00:00:09', true),
	('` + deactivatedImage + `', 'deactivated', 'deactivated', 'public', 't-owner', 5, 0, 0, false, false, '2026-01-01 00:00:10', '2026-01-01 00:00:10', NULL, false),
	('` + protectedImage + `', 'protected',  'active',         'private',   't-owner', 5, 0, 0, true,  false, '2026-01-01 00:00:11', '2026-01-01 00:00:11', NULL, false),
	('` + waitingImage + `',   'waiting',    'pending_delete', 'public',    't-owner', 5, 0, 0, false, false, '2026-01-01 00:00:12', '2026-01-01 00:00:12', NULL, false)`,
	`INSERT INTO image_properties (id, image_id, name, value, created_at, updated_at, deleted) VALUES
	(1000000, '` + sharedImage + `', 'os', 'linux', '2026-01-01 00:00:01', '2026-01-01 00:00:01', false),
	(1000011, '` + sharedImage + `', 'os_glance_stage_host', 'http://node', '2026-01-01 00:00:01', '2026-01-01 00:00:01', false),
	(1000013, '` + publicImage + `', 'os_glance_stage_host', 'http://staging', '2026-01-01 00:00:01', '2026-01-01 00:00:01', false),
	(1000014, '` + publicImage + `', 'removed', 'was a secret', '2026-01-01 00:00:01', '2026-01-01 00:00:01', true)`,
	`INSERT INTO image_locations (id, image_id, value, meta_data, status, created_at, updated_at, deleted) VALUES
	(1000001, '` + sharedImage + `', 'file:///shared', '{}', 'active', '2026-01-01 00:00:01', '2026-01-01 00:00:01', false),
	(1000009, '` + publicImage + `', 'file:///public', '{}', 'active', '2026-01-01 00:00:01', '2026-01-01 00:00:01', false),
	(1000010, '` + deactivatedImage + `', 'file:///deactivated', '{}', 'active', '2026-01-01 00:00:01', '2026-01-01 00:00:01', false)`,
	`INSERT INTO image_tags (id, image_id, value, created_at, updated_at, deleted) VALUES
	(1000002, '` + sharedImage + `', 'blue', '2026-01-01 00:00:01', '2026-01-01 00:00:01', false)`,
	`INSERT INTO image_members (id, image_id, member, can_share, status, created_at, updated_at, deleted_at, deleted) VALUES
	(1000012, '` + publicImage + `',    't-accepted', false, 'accepted', '2026-01-01 00:00:01', '2026-01-01 00:00:01', '2026-01-01 00:00:09', true)`,
	`INSERT INTO image_members (id, image_id, member, can_share, status, created_at, updated_at, deleted) VALUES
	(1000003, '` + sharedImage + `',    't-accepted', false, 'accepted', '2026-01-01 00:00:01', '2026-01-01 00:00:01', false),
	(1000004, '` + sharedImage + `',    't-pending',  false, 'pending',  '2026-01-01 00:00:01', '2026-01-01 00:00:01', false),
	(1000005, '` + privateImage + `',   't-accepted', false, 'accepted', '2026-01-01 00:00:01', '2026-01-01 00:00:01', false),
	(1000006, '` + privateImage + `',   't-pending',  false, 'pending',  '2026-01-01 00:00:01', '2026-01-01 00:00:01', false),
	(1000007, '` + sharableImage + `',  't-accepted', true,  'accepted', '2026-01-01 00:00:01', '2026-01-01 00:00:01', false),
	(1000008, '` + sharableImage + `',  't-pending',  true,  'pending',  '2026-01-01 00:00:01', '2026-01-01 00:00:01', false)`,
}
