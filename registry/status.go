package registry

// Statuses of an image (registry-v1.md, 4.9).
const (
	StatusActive        = "active"
	StatusSaving        = "saving"
	StatusQueued        = "queued"
	StatusKilled        = "killed"
	StatusPendingDelete = "pending_delete"
	StatusDeleted       = "deleted"
	StatusDeactivated   = "deactivated"
	StatusImporting     = "importing"
	StatusUploading     = "uploading"
)

// listedStatuses are those that a list of live images shows: all but killed.
var listedStatuses = []any{
	StatusActive, StatusSaving, StatusQueued, StatusPendingDelete, StatusDeleted,
	StatusDeactivated, StatusImporting, StatusUploading,
}

// listedBeforePike are those that registries before Pike knew of them.
var listedBeforePike = listedStatuses[:len(listedStatuses)-2]

func knownStatus(s string) bool {
	if s == StatusKilled {
		return true
	}
	for _, known := range listedStatuses {
		if s == known {
			return true
		}
	}
	return false
}
