package vitals

import (
	"fmt"
	"runtime/debug"
)

// The SQLite driver is C translated to Go and works against the internals of one
// version of its C library. Another version compiles and may corrupt data, so the
// pair is pinned here: the driver in go.mod, and the library that the driver's own
// go.mod names.
const (
	sqliteModule  = "modernc.org/sqlite"
	sqliteVersion = "v1.60.1"
	libcModule    = "modernc.org/libc"
	libcVersion   = "v1.77.1"
)

// CheckSQLite reports whether the program was linked with the pinned pair of
// SQLite driver and C library. info comes from debug.ReadBuildInfo. The error says
// what differs; a server must not open a database then.
func CheckSQLite(info *debug.BuildInfo) error {
	if info == nil {
		return fmt.Errorf("the SQLite driver cannot be checked: the program carries no build information")
	}
	for _, pin := range []struct{ module, version string }{
		{sqliteModule, sqliteVersion}, {libcModule, libcVersion},
	} {
		found := linked(info, pin.module)
		if found == "" {
			return fmt.Errorf("the SQLite driver cannot be checked: %s is not in the build information", pin.module)
		}
		if found != pin.version {
			return fmt.Errorf("%s %s is linked, but the SQLite driver is made for %s: fix go.mod and build again",
				pin.module, found, pin.version)
		}
	}
	return nil
}

// linked returns the version of a module in the program, "" if it is not there.
func linked(info *debug.BuildInfo, module string) string {
	for _, dep := range info.Deps {
		if dep.Path != module {
			continue
		}
		if dep.Replace != nil {
			return dep.Replace.Path + " " + dep.Replace.Version
		}
		return dep.Version
	}
	return ""
}
