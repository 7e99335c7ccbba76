package instance

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/fusebox-llm/fusebox/internal/secret"
)

// FileName is the key file's name inside the data folder.
const FileName = "instance.key"

// Load returns the instance key of the installation in the data folder dir, which
// must exist.
//
// With a configured secret that is the key, and no file is written. Without one
// the key is read from the key file, which Load creates on the first start:
// durable before Load returns, readable by its owner alone, and the same for
// every process that starts at the same moment. created says that this call made
// the file.
//
// A file that is there and differs from the configured secret is refused, because
// one of the two is about to make every stored API key worthless. So is a file
// that does not hold a key.
func Load(dir string, configured secret.Text) (key Key, created bool, err error) {
	path := filepath.Join(dir, FileName)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Key{}, false, fmt.Errorf("open the data folder: %w", err)
	}
	defer root.Close()

	onDisk, err := read(root, path)
	absent := errors.Is(err, fs.ErrNotExist)
	if err != nil && !absent {
		return Key{}, false, err
	}
	if !configured.IsZero() {
		key, err = Parse(configured)
		switch {
		case err != nil:
			return Key{}, false, fmt.Errorf("the configured secret key: %w", err)
		case !absent && !key.material.Equal(onDisk.material):
			return Key{}, false, fmt.Errorf("the configured secret key differs from %s: remove the one that is not in use", path)
		}
		return key, false, nil
	}
	if !absent {
		return onDisk, false, nil
	}

	if created, err = create(root); err != nil {
		return Key{}, false, fmt.Errorf("create %s: %w", path, err)
	}
	// Read back rather than trust the bytes in hand: another process may have been
	// first.
	if key, err = read(root, path); err != nil {
		return Key{}, false, err
	}
	return key, created, nil
}

// read returns the key in the file and closes the file to others if it was open
// to them.
func read(root *os.Root, path string) (Key, error) {
	info, err := root.Stat(FileName)
	if err != nil {
		return Key{}, fmt.Errorf("read the instance key: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		if err := root.Chmod(FileName, 0o600); err != nil {
			return Key{}, fmt.Errorf("%s can be read by others: %w", path, err)
		}
	}
	text, err := root.ReadFile(FileName)
	if err != nil {
		return Key{}, fmt.Errorf("read the instance key: %w", err)
	}
	key, err := Parse(secret.New(string(text)))
	if err != nil {
		return Key{}, fmt.Errorf("%s is damaged, restore it from a backup: %w", path, err)
	}
	return key, nil
}

// create writes a new key beside the final name and then links it into place: the
// name appears with its content or not at all, and the first of several processes
// wins. It reports whether this one did.
func create(root *os.Root) (bool, error) {
	var raw [Size]byte
	rand.Read(raw[:]) // crypto/rand.Read never fails (it aborts the process)

	temp := FileName + "." + rand.Text()
	defer root.Remove(temp) //nolint:errcheck // gone after a rename; otherwise only litter
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false, err
	}
	_, err = f.WriteString(hex.EncodeToString(raw[:]) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return false, err
	}

	err = root.Link(temp, FileName)
	switch {
	case errors.Is(err, fs.ErrExist):
		return false, syncDir(root) // the winner may not have come that far yet
	case err != nil:
		// No hard links on this file system. A rename is still atomic; two first
		// starts at the same moment are not told apart.
		if err = root.Rename(temp, FileName); err != nil {
			return false, err
		}
	}
	return true, syncDir(root)
}

// syncDir makes the folder's entries durable.
func syncDir(root *os.Root) error {
	if runtime.GOOS == "windows" { // no such call there
		return nil
	}
	d, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
