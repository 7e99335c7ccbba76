package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// cacheFolder is where installed packages are kept: $FUSEBOX_TEST_CACHE or
// ~/.cache/fusebox-test, and there beside the clients'.
func cacheFolder() (string, error) {
	cache := os.Getenv("FUSEBOX_TEST_CACHE")
	if cache == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		cache = filepath.Join(home, ".cache", "fusebox-test")
	}
	return filepath.Abs(filepath.Join(cache, "conformance"))
}

// install puts what a lock pins into a folder of its own, named after the lock and
// its digest, and returns it. Nothing that a package brings is run while it is
// installed: Python takes wheels only, npm runs no lifecycle scripts.
func install(ctx context.Context, recordFolder string, f framework, lock []byte) (string, error) {
	cache, err := cacheFolder()
	if err != nil {
		return "", err
	}
	name := strings.TrimSuffix(filepath.Base(f.Lock), ".txt")
	if f.Language == "javascript" {
		name = filepath.Base(filepath.Dir(f.Lock))
	}
	dir := filepath.Join(cache, fmt.Sprintf("record-%s-%x", name, sha256.Sum256(lock))[:len("record-")+len(name)+1+12])
	done := filepath.Join(dir, "installed")
	if _, err := os.Stat(done); err == nil {
		return dir, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(recordFolder, f.Lock)
	if f.Language == "python" {
		python := os.Getenv("PYTHON")
		if python == "" {
			python = "python3"
		}
		if err := command(ctx, "", python, "-m", "venv", dir); err != nil {
			return "", err
		}
		if err := command(ctx, "", filepath.Join(dir, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
			"--no-deps", "--only-binary", ":all:", "-r", path); err != nil {
			return "", err
		}
	} else {
		for _, file := range []string{filepath.Join(filepath.Dir(path), "package.json"), path} {
			raw, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), raw, 0o644); err != nil {
				return "", err
			}
		}
		if err := command(ctx, dir, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
			return "", err
		}
	}
	return dir, os.WriteFile(done, nil, 0o644)
}

// command runs a command to its end; what it printed is in the error.
func command(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
