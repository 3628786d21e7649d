-- The metadata of locations name a store.

UPDATE image_locations SET meta_data = REPLACE(meta_data, '"backend":', '"store":')
	WHERE meta_data LIKE '%"backend":%';
