package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fusebox-llm/fusebox/internal/fold"
	"github.com/fusebox-llm/fusebox/internal/telemetry"
	"github.com/fusebox-llm/fusebox/internal/telemetry/sqlite"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// crashPath is the environment variable that makes this test binary the process
// that is killed: it holds the path of the store.
const crashPath = "FUSEBOX_TEST_CRASH_PATH"

// TestMain turns the binary into the writing process where it is asked to be.
func TestMain(m *testing.M) {
	if path := os.Getenv(crashPath); path != "" {
		writeForever(path)
	}
	os.Exit(m.Run())
}

// writeForever writes from several goroutines and prints each observation once it
// is acknowledged.
func writeForever(path string) {
	s, err := sqlite.Open(context.Background(), sqlite.Config{Path: path, Folder: fold.New(fold.DefaultRules())})
	if err != nil {
		panic(err)
	}
	acknowledged := make(chan string)
	for writer := range 4 {
		go func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("%d-%d", writer, i)
				records := []fold.Record{
					observation(fmt.Sprint("t", i/5), name, strings.Repeat(name+" ", 200)),
					observation("", fmt.Sprint("u", i/3), name),
					scored(name, fmt.Sprint("x", i/5), trace.Micros(i)),
					absorbing(fmt.Sprint("t", i/5), fmt.Sprint("x", i/5), 9),
				}
				if err := s.Write(context.Background(), "p", records); err != nil {
					panic(err)
				}
				acknowledged <- name
			}
		}()
	}
	for name := range acknowledged {
		fmt.Println(name)
	}
}

// TestKill kills a writing process again and again: what it had acknowledged is
// there, with its content, and everything adds up.
func TestKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "telemetry.db")
	for round := range 4 {
		names := killed(t, path, 200*(round+1))
		s := open(t, sqlite.Config{Path: path})
		verify(t, s)
		for _, name := range names {
			o, err := s.Observation(t.Context(), "p", name, telemetry.Parts{IO: true})
			if err != nil || o.Output == nil || o.Output.S != strings.Repeat(name+" ", 200) {
				t.Fatalf("round %d: observation %q was acknowledged: %+v, error %v", round, name, o.Output, err)
			}
			sc, err := s.Score(t.Context(), "p", name)
			if err != nil || *sc.TraceID != o.TraceID {
				t.Fatalf("round %d: score %q was acknowledged: %+v, error %v", round, name, sc, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killed runs a writing process until it has acknowledged so many calls, kills it
// and returns all that it acknowledged.
func killed(t *testing.T, path string, calls int) []string {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(os.Environ(), crashPath+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var names []string
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			if err != io.EOF {
				t.Error(err)
			}
			break // a line without its end was not acknowledged to anybody
		}
		names = append(names, strings.TrimSpace(line))
		if len(names) == calls {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd.Wait()
	if len(names) < calls {
		t.Fatalf("the process ended after %d calls", len(names))
	}
	return names
}

// TestCopyOfOpenFiles opens a copy of the files as they are while the store is
// open, which is what a power cut leaves behind, and one whose last bytes are torn.
func TestCopyOfOpenFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, sqlite.Config{Path: filepath.Join(dir, "telemetry.db")})
	for i := range 20 {
		write(t, s, "p", observation("t", fmt.Sprint(i), "x"))
	}
	for name, torn := range map[string]int{"whole": 0, "torn": 1000} {
		to := filepath.Join(dir, name)
		if err := os.Mkdir(to, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, f := range []string{"telemetry.db", "telemetry.db-wal"} {
			b, err := os.ReadFile(filepath.Join(dir, f))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(f, "-wal") {
				b = b[:len(b)-torn]
			}
			if err := os.WriteFile(filepath.Join(to, f), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c := open(t, sqlite.Config{Path: filepath.Join(to, "telemetry.db")})
		verify(t, c)
		tree, err := c.Trace(t.Context(), "p", "t", telemetry.Parts{})
		want := 20
		if torn > 0 {
			want = 19 // the last commit never reached the disk whole
		}
		if err != nil || len(tree.Observations) != want {
			t.Errorf("%s: %d observations, %v", name, len(tree.Observations), err)
		}
	}
}
