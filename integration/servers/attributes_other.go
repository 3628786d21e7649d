//go:build !linux

package servers

import "syscall"

// attributes drops to the given account. Only Linux can tie a process to the
// life of its parent.
func attributes(account *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: account}
}
