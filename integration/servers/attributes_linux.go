package servers

import "syscall"

// attributes drops to the given account and asks the kernel to send SIGQUIT when
// the test process dies: PostgreSQL then cleans up its shared memory, the others
// just end.
func attributes(account *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: account, Pdeathsig: syscall.SIGQUIT}
}
