-- Visibility remains.

-- mysql
DROP TRIGGER IF EXISTS insert_visibility;
-- mysql
DROP TRIGGER IF EXISTS update_visibility;

-- mysql
DROP INDEX ix_images_is_public ON images;
-- postgresql
DROP INDEX ix_images_is_public;
-- sqlite
DROP INDEX ix_images_is_public;
ALTER TABLE images DROP COLUMN is_public;

-- mysql
ALTER TABLE images MODIFY visibility VISIBILITY NOT NULL DEFAULT 'shared';
-- postgresql
ALTER TABLE images ALTER COLUMN visibility SET NOT NULL, ALTER COLUMN visibility SET DEFAULT 'shared';

-- sqlite
DROP INDEX visibility_image_idx;
-- sqlite
ALTER TABLE images RENAME COLUMN visibility TO old_visibility;
-- sqlite
ALTER TABLE images ADD COLUMN visibility VISIBILITY NOT NULL DEFAULT 'shared';
-- sqlite
UPDATE images SET visibility = old_visibility;
-- sqlite
ALTER TABLE images DROP COLUMN old_visibility;
-- sqlite
CREATE INDEX visibility_image_idx ON images (visibility);
-- sqlite
DROP INDEX image_members_image_id_member;
