package records

// Column is the value of a column that lists can be sorted by; nil is NULL.
func (i *Image) Column(name string) any {
	switch name {
	case "id":
		return i.ID
	case "name":
		return orNil(i.Name)
	case "status":
		return i.Status
	case "disk_format":
		return orNil(i.DiskFormat)
	case "container_format":
		return orNil(i.ContainerFormat)
	case "checksum":
		return orNil(i.Checksum)
	case "owner":
		return orNil(i.Owner)
	case "os_hash_algo":
		return orNil(i.OSHashAlgo)
	case "os_hash_value":
		return orNil(i.OSHashValue)
	case "size":
		return orNil(i.Size)
	case "virtual_size":
		return orNil(i.VirtualSize)
	case "min_disk":
		return i.MinDisk
	case "min_ram":
		return i.MinRAM
	case "created_at":
		return i.CreatedAt
	case "updated_at":
		return orNil(i.UpdatedAt)
	case "deleted_at":
		return orNil(i.DeletedAt)
	case "protected":
		return i.Protected
	case "os_hidden":
		return i.OSHidden
	case "deleted":
		return i.Deleted
	}
	return nil
}

func orNil[T any](v Null[T]) any {
	if !v.Valid {
		return nil
	}
	return v.V
}
