package release

// Releases are the schemas that this program knows, in the order of time
// (database-schema.md, 2 and 3). A release changes what the one before it had.
var Releases = []Release{
	{
		Name: "Mitaka", Also: []string{"Newton"},
		Migrate: []int{42, 43, 44}, Complete: []string{"liberty", "mitaka01", "mitaka02"},
		Adds:   []string{"images.is_public"},
		Schema: "an image is public or it is not: `images.is_public`",
		Gateway: "reads what is not public as `shared` where it has a member and as `private` elsewhere; " +
			"writes every visibility but `public` as not public; lists filtered by visibility follow the rules of these releases",
	},
	{
		Name:     "Ocata",
		Migrate:  []int{45}, // of its pre-releases
		Complete: []string{"ocata01", "ocata_contract01"}, Expand: []string{"ocata_expand01"},
		Adds: []string{"images.visibility"}, Drops: []string{"images.is_public"},
		Schema: "`images.visibility` takes the place of `is_public`",
		Data:   "images that are not public become `private`, or `shared` where they have a member",
		Gateway: "while both columns exist, takes `visibility` where it has a value and `is_public` elsewhere; writes `visibility`, " +
			"and `is_public` with it where no triggers do that: PostgreSQL and SQLite have none, MySQL after an online expand step",
	},
	{
		Name:     "Pike",
		Complete: []string{"pike01", "pike_contract01"}, Expand: []string{"pike_expand01"},
		Schema: "the tables `artifact*` go", Gateway: "never used them",
	},
	{
		Name:     "Queens",
		Complete: []string{"queens_contract01"}, Expand: []string{"queens_expand01"},
	},
	{
		Name: "Rocky", Also: []string{"Stein"},
		Complete: []string{"rocky_contract01", "rocky_contract02"}, Expand: []string{"rocky_expand01", "rocky_expand02"},
		Adds:    []string{"images.os_hidden", "images.os_hash_algo", "images.os_hash_value"},
		Schema:  "`images.os_hidden`, `os_hash_algo`, `os_hash_value`",
		Gateway: "before that, reads `false` and null and leaves out what is written",
	},
	{
		Name:     "Train",
		Complete: []string{"train_contract01"}, Expand: []string{"train_expand01"},
		Data:    "in the metadata of locations the key `backend` becomes `store`",
		Gateway: "hands metadata out as they are stored",
	},
	{
		Name: "Ussuri", Also: []string{"Victoria"},
		Complete: []string{"ussuri_contract01"}, Expand: []string{"ussuri_expand01"},
	},
	{
		Name: "Wallaby", Also: []string{"Xena", "Yoga", "Zed"},
		Complete: []string{"wallaby_contract01"}, Expand: []string{"wallaby_expand01"},
		Adds:    []string{"tasks.image_id", "tasks.request_id", "tasks.user_id"},
		Schema:  "`tasks.image_id`, `request_id`, `user_id`",
		Gateway: "leaves them null; no registry ever showed them",
	},
	{
		Name: "2023.1", Also: []string{"2023.2"},
		Complete: []string{"xena_contract01", "yoga_contract01", "zed_contract01", "2023_1_contract01"},
		Expand:   []string{"xena_expand01", "yoga_expand01", "zed_expand01", "2023_1_expand01"},
	},
	{
		Name: "2024.1", Also: []string{"2024.2", "2025.1", "2025.2", "2026.1", "2026.2"},
		Complete: []string{"2024_1_contract01"}, Expand: []string{"2024_1_expand01"},
		Adds:    []string{"node_reference.node_reference_id", "cached_images.id"},
		Schema:  "the tables `node_reference` and `cached_images`",
		Gateway: "does not use them: they are the cache of glance-api",
	},
}

// fallbacks are the columns that a database may lack, with the value that they are read
// as; nil is null.
var fallbacks = map[string]any{
	"images.os_hidden":     false,
	"images.os_hash_algo":  nil,
	"images.os_hash_value": nil,
}

// Fallback returns the value as which a missing column is read. It is not ok for a
// column that every database of Glance has.
func Fallback(table, column string) (value any, optional bool) {
	value, optional = fallbacks[table+"."+column]
	return value, optional
}
