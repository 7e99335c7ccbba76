//go:build linux

package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// engine is the part of libchdb's C interface that chserver uses.
type engine struct {
	version            func() string
	queryCommandLine   func(argc int32, argv unsafe.Pointer) uintptr
	resultError        func(result uintptr) string
	destroyQueryResult func(result uintptr)
}

func openEngine(path string) (*engine, error) {
	h, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	e := &engine{}
	for name, fn := range map[string]any{
		"chdb_version":              &e.version,
		"chdb_query_cmdline":        &e.queryCommandLine,
		"chdb_result_error":         &e.resultError,
		"chdb_destroy_query_result": &e.destroyQueryResult,
	} {
		// Looked up first because RegisterLibFunc panics on a missing name.
		if _, err := purego.Dlsym(h, name); err != nil {
			return nil, fmt.Errorf("%s is not a usable libchdb (need 26.7 or newer): %w", path, err)
		}
		purego.RegisterLibFunc(fn, h, name)
	}
	return e, nil
}

// commandLine runs the engine's clickhouse-local mode to its end.
func (e *engine) commandLine(args []string) error {
	var pin runtime.Pinner
	defer pin.Unpin()
	argv := make([]*byte, len(args)+1) // the last one stays nil, as C expects
	for i, a := range args {
		b := append([]byte(a), 0)
		argv[i] = &b[0]
		pin.Pin(argv[i])
	}
	pin.Pin(&argv[0])

	res := e.queryCommandLine(int32(len(args)), unsafe.Pointer(&argv[0]))
	if res == 0 {
		return errors.New("the engine returned no result")
	}
	defer e.destroyQueryResult(res)
	if msg := e.resultError(res); msg != "" {
		return fmt.Errorf("engine: %s", strings.TrimSpace(msg))
	}
	return nil
}
