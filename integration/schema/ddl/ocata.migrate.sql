-- What is not public becomes private, or shared where it has a member.

UPDATE images SET visibility = 'public' WHERE is_public = true;
UPDATE images SET visibility = 'private' WHERE is_public = false;
UPDATE images SET visibility = 'shared' WHERE visibility = 'private'
	AND EXISTS (SELECT 1 FROM image_members m WHERE m.image_id = images.id AND m.deleted = false);
