package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A framework is one instrumentation in certain versions: frameworks/<name>.json.
type framework struct {
	Name string `json:"name"`
	// Title is the name that people know.
	Title    string `json:"title"`
	Language string `json:"language"` // python or javascript
	// Lock has the exact versions: locks/<x>.txt or locks/<x>/package-lock.json.
	Lock string `json:"lock"`
	// Packages are those whose versions a recording names.
	Packages []string `json:"packages"`
	Program  string   `json:"program"`
	Cases    []string `json:"cases"`
	// Env is added to the program's environment.
	Env map[string]string `json:"env,omitempty"`
	// Volatile are keys of attributes whose values differ from run to run, such
	// as durations; a number becomes 1 and a text "volatile".
	Volatile []string `json:"volatile,omitempty"`
	// Random are regular expressions for random ids within texts; each different
	// match becomes a number of the same length.
	Random []string `json:"random,omitempty"`
	// Changing are regular expressions for what differs from run to run within
	// texts and has no identity, such as durations in JSON: the first group of
	// each match, or all of it, becomes 1.
	Changing []string `json:"changing,omitempty"`
}

// readFrameworks returns all frameworks, sorted by name.
func readFrameworks(folder string) ([]framework, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "frameworks", "*.json"))
	if err != nil {
		return nil, err
	}
	var all []framework
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var f framework
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&f); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if f.Name+".json" != filepath.Base(path) || f.Title == "" || f.Program == "" || len(f.Cases) == 0 || len(f.Packages) == 0 {
			return nil, fmt.Errorf("%s: needs the name of its file, a title, packages, a program and cases", path)
		}
		if f.Language != "python" && f.Language != "javascript" {
			return nil, fmt.Errorf("%s: language %q", path, f.Language)
		}
		all = append(all, f)
	}
	return all, nil
}

// lockedVersions returns the versions in a lock by the packages' lower-case names.
func lockedVersions(f framework, lock []byte) (map[string]string, error) {
	versions := map[string]string{}
	if f.Language == "python" {
		for line := range strings.Lines(string(lock)) {
			if name, version, ok := strings.Cut(strings.TrimSpace(line), "=="); ok {
				versions[pythonName(name)] = version
			}
		}
		return versions, nil
	}
	var parsed struct {
		Packages map[string]struct {
			Version string `json:"version"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(lock, &parsed); err != nil {
		return nil, err
	}
	for path, p := range parsed.Packages {
		if name, ok := strings.CutPrefix(path, "node_modules/"); ok {
			versions[strings.ToLower(name)] = p.Version
		}
	}
	return versions, nil
}

// pythonName returns the one spelling of a package's name.
func pythonName(name string) string {
	return regexp.MustCompile(`[-_.]+`).ReplaceAllString(strings.ToLower(name), "-")
}

// versionsOf returns "name version, …" of the packages that a recording names.
func versionsOf(f framework, lock []byte) (string, error) {
	locked, err := lockedVersions(f, lock)
	if err != nil {
		return "", err
	}
	var out []string
	for _, p := range f.Packages {
		key := strings.ToLower(p)
		if f.Language == "python" {
			key = pythonName(p)
		}
		v, ok := locked[key]
		if !ok {
			return "", fmt.Errorf("%s has no %s", f.Lock, p)
		}
		out = append(out, p+" "+v)
	}
	return strings.Join(out, ", "), nil
}
