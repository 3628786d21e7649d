package authorization

// The images. All but two are the owner's.
const (
	sharedImage    = "00000000-0000-4000-8000-000000000001"
	privateImage   = "00000000-0000-4000-8000-000000000002"
	publicImage    = "00000000-0000-4000-8000-000000000003"
	communityImage = "00000000-0000-4000-8000-000000000004"
	deletedImage   = "00000000-0000-4000-8000-000000000005" // in pending_delete
	ownerlessImage = "00000000-0000-4000-8000-000000000006"
	othersImage    = "00000000-0000-4000-8000-000000000007" // shared, with nobody
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
