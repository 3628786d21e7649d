package servers

import "net"

// freePort asks the kernel for a loopback TCP port that nobody uses. It may be
// taken again before the server binds it; starting a server is therefore tried more than once.
func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
