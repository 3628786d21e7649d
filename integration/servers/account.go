package servers

import (
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// credential is the account under which a server runs: the first of the names
// that exists in its root when the tests run as root, which PostgreSQL and MariaDB
// refuse to run as, and nil (the caller's own account) otherwise.
func credential(root string, names ...string) *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	names = append(names, "nobody")
	if root != "" {
		return rootAccount(root, names...)
	}
	for _, name := range names {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(account.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(account.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return nil
}
