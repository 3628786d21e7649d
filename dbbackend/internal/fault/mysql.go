package fault

import (
	"errors"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// mysqlFaults classifies the errors of MySQL and MariaDB.
var mysqlFaults = byNumber(map[Kind][]uint16{
	Contention:  {erLockDeadlock, erCheckRead, erTransactionRollbackInCommit},
	Locked:      {erLockWaitTimeout},
	Stale:       {erBadField, erNoSuchTable},
	Outdated:    {erUnknownStmtHandler, erTableDefChanged, erNeedReprepare},
	Duplicate:   {erDupEntry},
	Interrupted: {ErQueryInterrupted, erStatementTimeout, erQueryTimeout},
	Elsewhere: {
		erUnknownCom, erServerShutdown, erOptionPreventsStatement, erReadOnlyTransaction, erReadOnlyMode,
		erServerOfflineMode, erRunHook, erServerIsntAvailable, erGroupState, erGroupBefore,
	},
	Refused: {
		erBadNull, erWarnDataOutOfRange, erWarnDataTruncated, erTruncatedWrongValue, erNoDefaultForField,
		erTruncatedWrongValueForField, erIllegalValueForType, erDataTooLong, erWrongValueForType, erRowIsReferenced,
		erNoReferencedRow, erWrongValue, erNetPacketTooLarge, erDatetimeFunctionOverflow,
		// Characters that the column's character set lacks.
		erCantAggregate2Collations, erCantAggregate3Collations, erCantAggregateNCollations, erInvalidCharacterString,
		erCannotConvertString,
	},
	Lost: {erConnectionKilled, erSessionWasKilled, erClientInteractionTimeout},
	Unavailable: {
		// authentication and privileges
		erDBAccessDenied, erAccessDenied, erNoDB, erBadDB, erHostIsBlocked, erHostNotPrivileged, erTableAccessDenied,
		erColumnAccessDenied, erSpecificAccessDenied, erNotSupportedAuthMode, erServerIsInSecureAuthMode,
		erPluginIsNotLoaded, erAccessDeniedNoPassword, erMustChangePassword, erMustChangePasswordLogin, erAccountLocked,
		erSecureTransportRequired, erAccountBlockedByPasswordLock, erMariaDBUserIsBlocked, erMariaDBAccountHasBeenLocked,
		// limits
		erConCount, erTooManyUserConnections, erUserLimitReached, erTooManyConcurrentTrxs, erLockTableFull,
		erTransCacheFull, erStmtCacheFull, erOutOfMemory, erOutOfSortMemory, erOutOfResources, erCantCreateThread,
		erCapacityExceeded,
		// disks and files
		erDiskFullOfFile, erDiskFull, erRecordFileFull, erGetErrno, erGetErrmsg, erGetTemporaryErrmsg, erCantLock,
		erCantOpenFile, erFileNotFound, erErrorOnClose, erErrorOnRead, erErrorOnWrite, erNotKeyfile, erOldKeyfile,
		erOpenAsReadonly, erCrashedOnUsage, erCrashedOnRepair, erBinlogLoggingImpossible, erIndexCorrupt,
		erTablespaceMissing, erTablespaceDiscarded, erTableCorrupt, erTempFileWriteFailure, erNoSuchTableInEngine,
		// transactions with an unknown outcome, and the end of connections
		erErrorDuringCommit, erErrorDuringRollback, erCantUpdateWithReadlock, erNormalShutdown, erGotSignal,
		erShutdownComplete, erForcingClose, erAbortingConnection, erNewAbortingConnection, erNetReadErrorFromPipe,
		erNetFcntl, erNetPacketsOutOfOrder, erNetUncompress, erNetRead, erNetReadInterrupted, erNetErrorOnWrite,
		erNetWriteInterrupted,
	},
})

func byNumber(numbers map[Kind][]uint16) map[uint16]Kind {
	faults := map[uint16]Kind{}
	for f, list := range numbers {
		for _, number := range list {
			faults[number] = f
		}
	}
	return faults
}

func OfMySQL(err error) Kind {
	var my *mysql.MySQLError
	if !errors.As(err, &my) {
		return ofMySQLDriver(err)
	}
	n := my.Number
	switch f, known := mysqlFaults[n]; {
	case n == erBadField && strings.HasSuffix(my.Message, "in 'NEW'"): // of a trigger
		return HalfDone
	case known:
		return f
	// The triggers of an upgrade have no number of their own, only this text.
	case n == erSignalException && my.Message == "Invalid visibility value":
		return Triggered
	case n == erSignalException:
		return Refused
	case n >= firstClientError && n <= lastClientError, n >= firstErrorOfProxySQL && n <= lastErrorOfProxySQL:
		return Unavailable
	}
	return Other
}

// ofMySQLDriver classifies errors of the driver itself.
func ofMySQLDriver(err error) Kind {
	switch {
	case errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, mysql.ErrMalformPkt), errors.Is(err, mysql.ErrPktSync),
		errors.Is(err, mysql.ErrPktSyncMul), errors.Is(err, mysql.ErrBusyBuffer):
		return Lost
	case errors.Is(err, mysql.ErrPktTooLarge):
		return Refused
	}
	return ofConnection(err)
}

// RefusesPrepared reports whether an error says that the server prepares no statement,
// or no more, which its number tells. If it was another reason, the text meets it, too.
func RefusesPrepared(number uint16) bool {
	return number == erMaxPreparedStmtCountReached || number == erUnsupportedPS || number == erUnknownCom
}

// EndsConnection reports whether the connection is useless after an error: its server
// can't work now, but another one behind the same address may.
func EndsConnection(err error) bool {
	var my *mysql.MySQLError
	if !errors.As(err, &my) {
		return false
	}
	return mysqlFaults[my.Number] == Elsewhere || mysqlFaults[my.Number] == Lost || my.Number == erErrorDuringCommit
}
