//go:build linux

package chtest

import (
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// soReusePort is SO_REUSEPORT, which package syscall lacks on some Linux
// architectures.
const soReusePort = 15

// reserveAddr returns a free loopback address and keeps it until the test ends,
// also while no server runs there.
//
// Closing a listener and hoping that nobody takes its port fails now and then
// when packages are tested at the same time. This socket is bound but does not
// listen, so the port is never given out and every connection goes to the
// server, which sets the same option.
func reserveAddr(t testing.TB) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatalf("chtest: %v", os.NewSyscallError("socket", err))
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, soReusePort, 1); err != nil {
		t.Fatalf("chtest: %v", os.NewSyscallError("setsockopt", err))
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatalf("chtest: %v", os.NewSyscallError("bind", err))
	}
	bound, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatalf("chtest: %v", os.NewSyscallError("getsockname", err))
	}
	addr, ok := bound.(*syscall.SockaddrInet4)
	if !ok {
		t.Fatalf("chtest: bound to %T", bound)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(addr.Port))
}

// port returns the port of a host:port.
func port(addr string) string { return addr[strings.LastIndexByte(addr, ':')+1:] }
