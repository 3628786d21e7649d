package servers

import (
	"fmt"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"
)

var mariaDB = &server{
	kind:    MySQL,
	driver:  "mysql",
	admin:   "mysql",
	account: "mysql",
	start:   startMariaDB,
	dsn: func(port int, database string) string {
		return fmt.Sprintf("%s:%s@tcp(127.0.0.1:%d)/%s?charset=utf8mb4&interpolateParams=true&time_zone=%%27%%2B00:00%%27&lock_wait_timeout=20",
			userName, password, port, database)
	},
	url: func(port int, database string) string {
		return fmt.Sprintf("mysql+pymysql://%s:%s@127.0.0.1:%d/%s?charset=utf8", userName, password, port, database)
	},
	drop: "DROP DATABASE %s",
}

func startMariaDB(f folder, port int, further ...string) (*process, error) {
	data := f.file("data")
	err := f.run("mariadb-install-db", "--no-defaults", "--datadir="+data,
		"--skip-test-db", "--auth-root-authentication-method=normal")
	if err != nil {
		return nil, err
	}
	grant := fmt.Sprintf("CREATE USER %[1]s@'%%' IDENTIFIED BY '%[2]s';\nGRANT ALL ON *.* TO %[1]s@'%%' WITH GRANT OPTION;\n", userName, password)
	if err := f.write("init.sql", grant); err != nil {
		return nil, err
	}
	return launch(f, "mariadbd", append([]string{
		"--no-defaults",
		"--datadir=" + data,
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
		"--innodb-flush-method=nosync",
		"--innodb-flush-log-at-trx-commit=0",
		"--innodb-doublewrite=0",
	}, further...)...)
}
