package api

import (
	"slices"
	"strings"
)

// fieldGroups is a set of groups of fields that a caller asked for.
type fieldGroups map[string]bool

// groupsOf returns the known groups among those asked for, and the fallback when
// there are none. Unknown names are ignored.
func groupsOf(asked, known, fallback []string) fieldGroups {
	groups := fieldGroups{}
	for _, name := range asked {
		if name = strings.TrimSpace(name); slices.Contains(known, name) {
			groups[name] = true
		}
	}
	if len(groups) == 0 {
		for _, name := range fallback {
			groups[name] = true
		}
	}
	return groups
}
