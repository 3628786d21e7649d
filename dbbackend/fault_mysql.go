package dbbackend

import (
	"errors"

	"github.com/go-sql-driver/mysql"
)

// mysqlFaults is what the errors of MySQL and MariaDB mean.
var mysqlFaults = byNumber(map[fault][]uint16{
	contention:  {erLockDeadlock, erCheckRead, erTransactionRollbackInCommit},
	locked:      {erLockWaitTimeout},
	stale:       {erBadField, erNoSuchTable},
	outdated:    {erUnknownStmtHandler, erTableDefChanged, erNeedReprepare},
	duplicate:   {erDupEntry},
	interrupted: {erQueryInterrupted, erStatementTimeout, erQueryTimeout},
	elsewhere: {
		erUnknownCom, erServerShutdown, erOptionPreventsStatement, erReadOnlyTransaction, erReadOnlyMode,
		erServerOfflineMode, erRunHook, erServerIsntAvailable, erGroupState, erGroupBefore,
	},
	refused: {
		erBadNull, erWarnDataOutOfRange, erWarnDataTruncated, erTruncatedWrongValue, erNoDefaultForField,
		erTruncatedWrongValueForField, erIllegalValueForType, erDataTooLong, erWrongValueForType, erRowIsReferenced,
		erNoReferencedRow, erWrongValue, erNetPacketTooLarge,
		// Characters that no text of this database has.
		erCantAggregate2Collations, erCantAggregate3Collations, erCantAggregateNCollations, erInvalidCharacterString,
	},
	lost: {erConnectionKilled, erSessionWasKilled, erClientInteractionTimeout},
	unavailable: {
		// who may connect, and do what
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
		// the end of a transaction that nobody knows, and of a connection
		erErrorDuringCommit, erErrorDuringRollback, erCantUpdateWithReadlock, erNormalShutdown, erGotSignal,
		erShutdownComplete, erForcingClose, erAbortingConnection, erNewAbortingConnection, erNetReadErrorFromPipe,
		erNetFcntl, erNetPacketsOutOfOrder, erNetUncompress, erNetRead, erNetReadInterrupted, erNetErrorOnWrite,
		erNetWriteInterrupted,
	},
})

func byNumber(numbers map[fault][]uint16) map[uint16]fault {
	faults := map[uint16]fault{}
	for f, list := range numbers {
		for _, number := range list {
			faults[number] = f
		}
	}
	return faults
}

func classifyMySQL(err error) fault {
	var my *mysql.MySQLError
	if !errors.As(err, &my) {
		return classifyMySQLDriver(err)
	}
	n := my.Number
	switch f, known := mysqlFaults[n]; {
	case known:
		return f
	case n == erSignalException && my.Message == "Invalid visibility value":
		return triggered
	case n == erSignalException:
		return refused
	case n >= firstClientError && n <= lastClientError, n >= firstErrorOfProxySQL && n <= lastErrorOfProxySQL:
		return unavailable
	}
	return other
}

// classifyMySQLDriver knows the errors of the driver itself.
func classifyMySQLDriver(err error) fault {
	switch {
	case errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, mysql.ErrMalformPkt), errors.Is(err, mysql.ErrPktSync),
		errors.Is(err, mysql.ErrPktSyncMul), errors.Is(err, mysql.ErrBusyBuffer):
		return lost
	case errors.Is(err, mysql.ErrPktTooLarge):
		return refused
	}
	return classifyConnection(err)
}

// givesUp tells whether a connection is of no use after an error: it leads to a
// server that can't do its work, where another behind the same address may.
func givesUp(err error) bool {
	var my *mysql.MySQLError
	if !errors.As(err, &my) {
		return false
	}
	return mysqlFaults[my.Number] == elsewhere || mysqlFaults[my.Number] == lost || my.Number == erErrorDuringCommit
}
