package dbbackend

import (
	"crypto/tls"
	"errors"
	"net"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite"

	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
)

const (
	adviceLogin    = "check user and password in the URL, and from where the server lets this user in"
	adviceDatabase = "check the name of the database in the URL"
	adviceRights   = "the user has no right to the database: GRANT them, or check the URL"
	advicePassword = "the password of the user has expired: set a new one on the server, and write it into the URL"
	adviceAccount  = "the account of the user is locked: unlock it on the server"
	adviceLimit    = "the server or the user has no connection left: lower max_connections, or raise what the server allows"
	adviceDisk     = "the disk of the server is full, or fails: see its own log"
	adviceReadOnly = "the server takes no writes: lead the URL to the primary, or end its read-only mode"
	adviceNode     = "the server takes no statements now: a node that is not in the primary component, is offline or is stopping"
	adviceTimed    = "a time limit of the server or an administrator has ended the statement"
	adviceLock     = "look for the session that holds the lock, in pg_stat_activity, information_schema.innodb_trx or SHOW PROCESSLIST"
	adviceBinlog   = "the transaction may have been committed or not: look at the server's own log"
	advicePooler   = "a pooler hands sessions from client to client: write `prepare off` in `database`"
	adviceTLS      = "check the certificate of the server, and ssl_ca or sslrootcert in the URL"
	adviceRequire  = "the server wants TLS: add ssl_ca or sslmode=verify-full and sslrootcert to the URL"
	adviceNetwork  = "check host and port in the URL, and whether the server runs and can be reached from here"
	adviceCrowded  = "raise max_connections, or see why the database is slow"
	adviceFile     = "check the file of the database, its folder, their rights and the disk"
)

var mysqlAdvice = map[uint16]string{
	erAccessDenied: adviceLogin, erAccessDeniedNoPassword: adviceLogin, erHostNotPrivileged: adviceLogin,
	erHostIsBlocked: "the server has blocked this host after failed connections: run FLUSH HOSTS on it",
	erBadDB:         adviceDatabase, erNoDB: adviceDatabase,
	erDBAccessDenied: adviceRights, erTableAccessDenied: adviceRights, erColumnAccessDenied: adviceRights,
	erSpecificAccessDenied: adviceRights,
	erMustChangePassword:   advicePassword, erMustChangePasswordLogin: advicePassword,
	erAccountLocked: adviceAccount, erMariaDBAccountHasBeenLocked: adviceAccount, erMariaDBUserIsBlocked: adviceAccount,
	erAccountBlockedByPasswordLock: adviceAccount,
	erConCount:                     adviceLimit, erTooManyUserConnections: adviceLimit, erUserLimitReached: adviceLimit,
	erDiskFull: adviceDisk, erDiskFullOfFile: adviceDisk, erRecordFileFull: adviceDisk, erGetErrno: adviceDisk,
	erErrorOnWrite: adviceDisk, erTempFileWriteFailure: adviceDisk, erBinlogLoggingImpossible: adviceDisk,
	erOptionPreventsStatement: adviceReadOnly, erReadOnlyTransaction: adviceReadOnly, erReadOnlyMode: adviceReadOnly,
	erUnknownCom: adviceNode, erServerOfflineMode: adviceNode, erServerShutdown: adviceNode, erRunHook: adviceNode,
	erGroupState: adviceNode, erGroupBefore: adviceNode,
	erQueryInterrupted: adviceTimed, erStatementTimeout: adviceTimed, erQueryTimeout: adviceTimed,
	erLockWaitTimeout:         adviceLock,
	erErrorDuringCommit:       adviceBinlog,
	erSecureTransportRequired: adviceRequire,
}

var postgreSQLAdvice = map[string]string{
	"28P01": adviceLogin, "28000": adviceLogin, "3D000": adviceDatabase, "42501": adviceRights,
	"53300": adviceLimit, "53100": adviceDisk, "58030": adviceDisk, "25006": adviceReadOnly, "57P03": adviceNode,
	"57014": adviceTimed, "25P04": adviceTimed, "55P03": adviceLock, "42P05": advicePooler, "26000": advicePooler,
}

var sqliteAdvice = map[int]string{
	sqliteBusy:     "another program keeps the file locked: glance-manage, a backup or a shell",
	sqliteReadOnly: adviceFile, sqliteCantOpen: adviceFile, sqlitePerm: adviceFile, sqliteIOErr: adviceFile,
	sqliteFull: adviceFile, sqliteCorrupt: adviceFile, sqliteNotADB: adviceFile,
}

// Advice says what to look at when a database can't be used, or nothing.
func Advice(err error) string {
	var my *mysql.MySQLError
	var pg *pgconn.PgError
	var lite *sqlite3.Error
	switch {
	case errors.As(err, &my):
		return mysqlAdvice[my.Number]
	case errors.As(err, &pg):
		return postgreSQLAdvice[pg.Code]
	case errors.As(err, &lite):
		return sqliteAdvice[lite.Code()&0xff]
	case errors.Is(err, errCrowded):
		return adviceCrowded
	}
	var plugin *dbserver.PluginError
	var certificate *tls.CertificateVerificationError
	var alert tls.AlertError
	var network *net.OpError
	switch {
	case errors.As(err, &plugin):
		return plugin.Advice()
	case errors.As(err, &certificate), errors.As(err, &alert):
		return adviceTLS
	case errors.As(err, &network):
		return adviceNetwork
	}
	return ""
}
