package listening

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// listeners are the addresses on which sockets of this process listen, and those of
// sockets that it does not have. What can't be read is no reason to refuse anything.
func listeners() (own, others []netip.AddrPort) {
	sockets := ownSockets()
	eachListener(func(address netip.AddrPort, inode string) {
		if sockets[inode] {
			own = append(own, address)
		} else {
			others = append(others, address)
		}
	})
	return own, others
}

// Sockets returns the inodes of the sockets of this process that listen on a port. There
// are none where the kernel does not tell.
func Sockets(port uint16) map[string]bool {
	own, listening := ownSockets(), map[string]bool{}
	eachListener(func(address netip.AddrPort, inode string) {
		if address.Port() == port && own[inode] {
			listening[inode] = true
		}
	})
	return listening
}

func eachListener(f func(address netip.AddrPort, inode string)) {
	for _, name := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		table, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(table)) {
			if address, inode, ok := listeningSocket(strings.Fields(line)); ok {
				f(address, inode)
			}
		}
	}
}

// ownSockets returns the inodes of the open sockets of this process, including
// inherited ones.
func ownSockets() map[string]bool {
	const folder = "/proc/self/fd"
	own := map[string]bool{}
	files, err := os.ReadDir(folder)
	if err != nil {
		return own
	}
	for _, f := range files {
		target, err := os.Readlink(folder + "/" + f.Name())
		if inode, ok := strings.CutPrefix(target, "socket:["); err == nil && ok {
			own[strings.TrimSuffix(inode, "]")] = true
		}
	}
	return own
}

// listeningSocket reads a line of the table (proc_net_tcp in the documentation of
// the kernel): slot, local and remote address, state, five other fields, and the
// inode.
func listeningSocket(fields []string) (address netip.AddrPort, inode string, ok bool) {
	const listen = "0A"
	if len(fields) < 10 || fields[3] != listen {
		return netip.AddrPort{}, "", false
	}
	host, port, _ := strings.Cut(fields[1], ":")
	ip, ipErr := hex.DecodeString(host)
	number, portErr := strconv.ParseUint(port, 16, 16)
	if ipErr != nil || portErr != nil {
		return netip.AddrPort{}, "", false
	}
	// The words of an address are in network order, printed as numbers.
	for n := 0; n+4 <= len(ip); n += 4 {
		binary.NativeEndian.PutUint32(ip[n:], binary.BigEndian.Uint32(ip[n:]))
	}
	parsed, ok := netip.AddrFromSlice(ip)
	return netip.AddrPortFrom(parsed, uint16(number)), fields[9], ok
}
