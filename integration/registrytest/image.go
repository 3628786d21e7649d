package registrytest

// Image is an image as registry v1 shows it; of a brief list only some of the
// fields are there.
type Image struct {
	ID              string             `json:"id"`
	Name            *string            `json:"name"`
	Status          string             `json:"status"`
	Size            *int64             `json:"size"`
	VirtualSize     *int64             `json:"virtual_size"`
	DiskFormat      *string            `json:"disk_format"`
	ContainerFormat *string            `json:"container_format"`
	MinDisk         int64              `json:"min_disk"`
	MinRAM          int64              `json:"min_ram"`
	IsPublic        bool               `json:"is_public"`
	Checksum        *string            `json:"checksum"`
	Owner           *string            `json:"owner"`
	Protected       bool               `json:"protected"`
	CreatedAt       string             `json:"created_at"`
	UpdatedAt       *string            `json:"updated_at"`
	DeletedAt       *string            `json:"deleted_at"`
	Deleted         bool               `json:"deleted"`
	Properties      map[string]*string `json:"properties"`
	LocationData    []Location         `json:"location_data"`
	Location        *string            `json:"location"`
}

// Location is an entry of location_data.
type Location struct {
	ID       int64  `json:"id"`
	URL      string `json:"url"`
	Metadata any    `json:"metadata"`
	Status   string `json:"status"`
}

// Object is a JSON object, for bodies.
type Object = map[string]any

// CreateImage makes an image of the administrator's project and returns its id.
func (r *Registry) CreateImage(values Object) string {
	r.t.Helper()
	return r.RespondTo("POST /images").JSON(Object{"image": values}).ExpectImage().ID
}

// IDs lists the ids of images, in their order.
func IDs(images []Image) []string {
	ids := make([]string, len(images))
	for n, i := range images {
		ids[n] = i.ID
	}
	return ids
}
