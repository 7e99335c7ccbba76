//go:build linux

package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// terminalStdin puts a terminal in the place of standard input and returns the
// original.
//
// Unless it is interactive, which needs a terminal, clickhouse-local installs
// an error handler that aborts the process when any connection's handler
// throws: one client resetting a connection kills the server
// (ClickHouse/ClickHouse#115666, fixed after 26.7 by #115715; drop this file
// once the pinned library has the fix). Being interactive also means a prompt
// after the last query, or after the first that fails, so the terminal sends ^D
// at intervals: a prompt takes it as the end of its input and the process ends;
// until then nobody reads it.
func terminalStdin() (*os.File, error) {
	master, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err != nil {
		return nil, err
	}
	n, err := unix.IoctlGetInt(master, unix.TIOCGPTN)
	if err != nil {
		return nil, err
	}
	slave, err := unix.Open(fmt.Sprintf("/dev/pts/%d", n), unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	original, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, err
	}
	if err := unix.Dup3(slave, 0, 0); err != nil {
		return nil, err
	}
	if err := unix.Close(slave); err != nil {
		return nil, err
	}
	go func() {
		for {
			_, _ = unix.Write(master, []byte{4}) // fails when the terminal's buffer is full, which is enough
			time.Sleep(50 * time.Millisecond)
		}
	}()
	return os.NewFile(uintptr(original), "stdin"), nil
}
