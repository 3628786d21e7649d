package registry

import "github.com/glancegate/glancegate/registry/records"

// listedStatuses are those that a list of live images shows: all but killed.
var listedStatuses = []any{
	records.StatusActive, records.StatusSaving, records.StatusQueued, records.StatusPendingDelete, records.StatusDeleted,
	records.StatusDeactivated, records.StatusImporting, records.StatusUploading,
}

// listedBeforePike are those that registries before Pike knew of them.
var listedBeforePike = listedStatuses[:len(listedStatuses)-2]

func knownStatus(s string) bool {
	if s == records.StatusKilled {
		return true
	}
	for _, known := range listedStatuses {
		if s == known {
			return true
		}
	}
	return false
}
