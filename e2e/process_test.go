package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// process is the binary, run with a command line of the test's own.
type process struct {
	*exec.Cmd
	out, errs *logbook
	done      chan struct{}
}

// bare is an environment without anything of ours.
func bare(vars ...string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}, vars...)
}

// runBinary starts the binary and kills it when the test ends.
func runBinary(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(binary, args...), out: newLogbook(), errs: newLogbook(), done: make(chan struct{})}
	p.Env, p.Stdout, p.Stderr, p.Dir = env, p.out, p.errs, t.TempDir()
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.Wait() // how it ended is in ProcessState
		close(p.done)
	}()
	t.Cleanup(func() {
		p.Process.Kill() // it may have ended
		<-p.done
	})
	return p
}

// line waits for a line on standard output that begins with prefix and returns
// the rest of it.
func (p *process) line(t *testing.T, prefix string) (rest string) {
	t.Helper()
	p.out.await(t, "the line "+prefix, func(lines []string) bool {
		for _, l := range lines {
			if r, ok := strings.CutPrefix(l, prefix); ok {
				rest = r
				return true
			}
		}
		return false
	})
	return rest
}

// result is how a command ended and what it wrote.
type result struct {
	code        int
	stdout, err string
}

// command runs the binary to its end.
func command(t *testing.T, env []string, args ...string) result {
	t.Helper()
	return execute(t, env, binary, args...)
}

// execute runs a program to its end.
func execute(t *testing.T, env []string, program string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	var stdout, stderr bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.Dir = env, &stdout, &stderr, t.TempDir()
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("%v does not end\n%s%s", args, &stdout, &stderr)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}
