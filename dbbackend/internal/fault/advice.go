package fault

import (
	"crypto/tls"
	"errors"
	"net"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite"

	"github.com/glancegate/glancegate/dbbackend/internal/dbserver"
	"github.com/glancegate/glancegate/internal/legacytls"
)

const (
	adviceLogin    = "check user and password in the URL, and the hosts from which the server accepts this user"
	adviceDatabase = "check the name of the database in the URL"
	adviceRights   = "the user lacks privileges on the database: GRANT them, or check the URL"
	advicePassword = "the user's password has expired: set a new one on the server and in the URL"
	adviceAccount  = "the user's account is locked: unlock it on the server"
	adviceLimit    = "the connection limit of the server or the user is reached: lower max_connections, or raise the limit"
	adviceDisk     = "the server's disk is full or fails: see the server's log"
	adviceReadOnly = "the server is read-only: point the URL to the primary, or end the read-only mode"
	adviceNode     = "the server accepts no statements now: it is outside the primary component, offline or stopping"
	adviceTimed    = "a time limit of the server or an administrator ended the statement"
	adviceLock     = "look for the session that holds the lock, in pg_stat_activity, information_schema.innodb_trx or SHOW PROCESSLIST"
	adviceBinlog   = "the transaction may or may not have been committed: see the server's log"
	advicePooler   = "a pooler shares sessions between clients: write `prepare off` in `database`"
	adviceLegacy   = "the server's certificate or TLS is outdated: give it a subject alternative name and TLS 1.2, " +
		"or add legacy_tls=on to the URL (with an old configuration: GLANCE_REGISTRY_LEGACY_TLS=on)"
	adviceTLS     = "check the server's certificate, and ssl_ca or sslrootcert in the URL"
	adviceRequire = "the server requires TLS: add ssl_ca or sslmode=verify-full and sslrootcert to the URL"
	adviceNetwork = "check host and port in the URL, and whether the server runs and can be reached from this host"
	adviceCrowded = "raise max_connections, or find out why the database is slow"
	adviceFile    = "check the database file, its folder, their permissions and the disk"
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
	ErQueryInterrupted: adviceTimed, erStatementTimeout: adviceTimed, erQueryTimeout: adviceTimed,
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

// Advice says what an administrator can do about an error; it is empty if there is
// no advice.
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
	case errors.Is(err, ErrCrowded):
		return adviceCrowded
	}
	var plugin *dbserver.PluginError
	var certificate *tls.CertificateVerificationError
	var alert tls.AlertError
	var network *net.OpError
	switch {
	case errors.As(err, &plugin):
		return plugin.Advice()
	case legacytls.Helps(err):
		return adviceLegacy
	case errors.As(err, &certificate), errors.As(err, &alert):
		return adviceTLS
	case errors.As(err, &network):
		return adviceNetwork
	}
	return ""
}
