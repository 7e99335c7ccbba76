// Package vitals owns what the process knows about itself: which build it is, its
// logger, its metrics registry, the check of its SQLite driver, and how to ask a
// running server whether it is well.
//
// It keeps no global state: logger and registry are made once by the caller and
// handed down. It starts no goroutines.
package vitals

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// Build says which program this is.
type Build struct {
	Version  string // as released, or "dev"
	Revision string // VCS revision; "" when built without one
	Time     string // VCS time, RFC 3339; "" when unknown
	Modified bool   // built from a tree with changes
	Go       string // Go version, as in go1.26.8
}

// ReadBuild describes the running program. version is what the release put into
// the binary (-ldflags -X main.version=…); when it is empty the module version
// counts, if there is one. info comes from debug.ReadBuildInfo and may be nil.
func ReadBuild(version string, info *debug.BuildInfo) Build {
	b := Build{Version: version}
	if info != nil {
		b.Go = info.GoVersion
		if b.Version == "" && info.Main.Version != "(devel)" {
			b.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Revision = s.Value
			case "vcs.time":
				b.Time = s.Value
			case "vcs.modified":
				b.Modified = s.Value == "true"
			}
		}
	}
	b.Version = strings.TrimPrefix(b.Version, "v")
	if b.Version == "" {
		b.Version = "dev"
	}
	return b
}

// String returns one line for people, as "fusebox version" prints it.
func (b Build) String() string {
	var details []string
	if b.Revision != "" {
		revision := b.Revision[:min(12, len(b.Revision))]
		if b.Modified {
			revision += " with changes"
		}
		details = append(details, revision)
	}
	if b.Time != "" {
		details = append(details, b.Time)
	}
	if b.Go != "" {
		details = append(details, b.Go)
	}
	if len(details) == 0 {
		return "fusebox " + b.Version
	}
	return fmt.Sprintf("fusebox %s (%s)", b.Version, strings.Join(details, ", "))
}
