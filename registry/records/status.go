package records

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
