-- Visibility comes beside is_public. Online, on MySQL, triggers keep them in step.

CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	PRIMARY KEY (version_num)
);

-- postgresql
CREATE TYPE image_visibility AS ENUM ('private', 'public', 'shared', 'community');
ALTER TABLE images ADD COLUMN visibility VISIBILITY;
CREATE INDEX visibility_image_idx ON images (visibility);

-- mysql
ALTER TABLE images MODIFY is_public BOOLEAN;
-- postgresql
ALTER TABLE images ALTER COLUMN is_public DROP NOT NULL;

-- sqlite
DROP INDEX ix_images_is_public;
-- sqlite
ALTER TABLE images RENAME COLUMN is_public TO was_public;
-- sqlite
ALTER TABLE images ADD COLUMN is_public BOOLEAN;
-- sqlite
UPDATE images SET is_public = was_public;
-- sqlite
ALTER TABLE images DROP COLUMN was_public;
-- sqlite
CREATE INDEX ix_images_is_public ON images (is_public);

-- mysql online
CREATE TRIGGER insert_visibility BEFORE INSERT ON images FOR EACH ROW
	IF (NEW.is_public IS NULL) = (NEW.visibility IS NULL) THEN
		SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Invalid visibility value';
	ELSEIF NEW.visibility IS NULL THEN
		SET NEW.visibility = IF(NEW.is_public, 'public', 'shared');
	ELSE
		SET NEW.is_public = (NEW.visibility = 'public');
	END IF;

-- mysql online
CREATE TRIGGER update_visibility BEFORE UPDATE ON images FOR EACH ROW
	IF NOT (NEW.is_public <=> OLD.is_public) THEN
		IF NEW.is_public IS NULL OR NOT (NEW.visibility <=> OLD.visibility) THEN
			SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Invalid visibility value';
		END IF;
		SET NEW.visibility = IF(NEW.is_public, 'public', 'shared');
	ELSEIF NOT (NEW.visibility <=> OLD.visibility) THEN
		IF NEW.visibility IS NULL THEN
			SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Invalid visibility value';
		END IF;
		SET NEW.is_public = (NEW.visibility = 'public');
	END IF;
