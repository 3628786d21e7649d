package binlog

import (
	"github.com/glancegate/glancegate/internal/dburl"
)

// tableRights are the privileges on Glance's database that barriers need.
const tableRights = "SELECT, UPDATE, LOCK TABLES"

// Instructions returns the statements and settings that a server needs.
func Instructions(u *dburl.URL) string {
	user, schema := quoteText(u.User)+"@'%'", quoteSchema(u.Database)
	return `-- Run by an administrator. Write the host part of the user as it is in mysql.user.
-- MariaDB 10.5 and newer:
GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO ` + user + `;
-- MySQL, and MariaDB before 10.5:
GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ` + user + `;
-- Both, where the user has less than all privileges on Glance's database:
GRANT ` + tableRights + ` ON ` + schema + `.* TO ` + user + `;
-- Settings of the server, in the section [mysqld]; log_bin needs a restart:
--   log_bin
--   server_id = 1               # a number that no other server has
--   binlog_format = ROW
--   log_slave_updates = ON      # Galera, and replicas
`
}
