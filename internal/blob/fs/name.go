package fs

import (
	"strings"

	"github.com/fusebox-llm/fusebox/internal/fault"
)

const (
	maxKey = 512
	// maxPart is how long a file or folder name may get; file systems stop at 255
	// bytes.
	maxPart = 200
)

// fileName returns the path of a key's file inside the folder, or fault.Invalid
// for a key outside the contract.
//
// A key may be the beginning of another ("a" and "a/b"), which files and folders
// cannot, so a file's name ends in '~'. A segment too long for one name is cut
// into several folders, each but the last ending in '+'. Keys contain neither
// sign, so no two keys meet.
func fileName(key string) (string, error) {
	if key == "" || len(key) > maxKey {
		return "", fault.New(fault.Invalid, "a blob key has 1 to %d bytes", maxKey)
	}
	var name strings.Builder
	for i, segment := range strings.Split(key, "/") {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsFunc(segment, notInKey) {
			return "", fault.New(fault.Invalid, "%q is not a blob key", key)
		}
		if i > 0 {
			name.WriteByte('/')
		}
		for len(segment) > maxPart {
			name.WriteString(segment[:maxPart] + "+/")
			segment = segment[maxPart:]
		}
		name.WriteString(segment)
	}
	return name.String() + "~", nil
}

func notInKey(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
}
