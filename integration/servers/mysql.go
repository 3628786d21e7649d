package servers

import (
	"fmt"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"
)

// mySQL is MariaDB, or MySQL where MYSQL_ROOT names a root that has it.
var mySQL = &server{
	kind:    MySQL,
	driver:  "mysql",
	admin:   "mysql",
	account: "mysql",
	start:   startMySQL,
	dsn: func(port int, database string) string {
		return fmt.Sprintf("%s:%s@tcp(127.0.0.1:%d)/%s?charset=utf8mb4&interpolateParams=true&time_zone=%%27%%2B00:00%%27&lock_wait_timeout=20",
			userName, password, port, database)
	},
	url: func(port int, database string) string {
		return fmt.Sprintf("mysql+pymysql://%s:%s@127.0.0.1:%d/%s?charset=utf8", userName, password, port, database)
	},
	drop: "DROP DATABASE %s",
}

// IsMySQL reports whether the dialect MySQL is served by MySQL itself. Tests need
// it for what only one of the two has.
func IsMySQL() bool { return isMySQL(MySQL.root()) }

// isMySQL distinguishes MySQL from MariaDB, whose package has a link named mysqld.
func isMySQL(root string) bool { return root != "" && !has(root, "mariadbd") && has(root, "mysqld") }

func startMySQL(f folder, port int, further ...string) (*process, error) {
	grant := fmt.Sprintf("CREATE USER %[1]s@'%%' IDENTIFIED BY '%[2]s';\nGRANT ALL ON *.* TO %[1]s@'%%' WITH GRANT OPTION;\n", userName, password)
	if err := f.write("init.sql", grant); err != nil {
		return nil, err
	}
	if !isMySQL(f.root) {
		err := f.run("mariadb-install-db", "--no-defaults", "--datadir="+f.file("data"),
			"--skip-test-db", "--auth-root-authentication-method=normal")
		if err != nil {
			return nil, err
		}
		return launch(f, "mariadbd", mySQLArgs(f, port, further)...)
	}
	// No TLS, whose keys take a second to make: the driver asks for the key that
	// encrypts passwords.
	common := []string{"--secure-file-priv=NULL", "--auto-generate-certs=OFF"}
	if err := f.run("mysqld", append([]string{"--no-defaults", "--initialize-insecure", "--datadir=" + f.file("data")}, common...)...); err != nil {
		return nil, err
	}
	return launch(f, "mysqld", mySQLArgs(f, port, append(append(common, "--mysqlx=OFF"), further...))...)
}

// mySQLArgs are those that MariaDB and MySQL have in common.
func mySQLArgs(f folder, port int, further []string) []string {
	return append([]string{
		"--no-defaults",
		"--datadir=" + f.file("data"),
		"--tmpdir=" + f.path,
		"--socket=" + f.file("socket"),
		"--pid-file=" + f.file("pid"),
		"--init-file=" + f.file("init.sql"),
		"--bind-address=127.0.0.1",
		fmt.Sprintf("--port=%d", port),
		"--skip-name-resolve",
		"--max-connections=200",
		"--default-time-zone=+00:00",
		// What the recorded answers come from: Glance's classic utf8.
		"--character-set-server=utf8mb3",
		"--collation-server=utf8mb3_general_ci",
		// The binlog, which change feeds read.
		"--log-bin=binlog",
		"--server-id=1",
		"--binlog-format=ROW",
		"--sync-binlog=0",
		"--innodb-buffer-pool-size=512M",
		// The default of MariaDB since 11.6.2, which other servers do not know.
		"--loose-innodb-snapshot-isolation=ON",
		"--innodb-flush-method=nosync",
		"--innodb-flush-log-at-trx-commit=0",
		"--innodb-doublewrite=0",
	}, further...)
}
