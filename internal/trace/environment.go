package trace

import "strings"

const maxEnvironment = 40

// NormalEnvironment returns an environment as it is stored: lower case, without
// leading "langfuse" and a separator, at most 40 characters of a-z, 0-9, "-" and
// "_"; the default where that leaves nothing or finds another character.
func NormalEnvironment(s string) string {
	s = strings.ToLower(s)
	for strings.HasPrefix(s, "langfuse") {
		s = s[len("langfuse"):]
		if s != "" && (s[0] == '-' || s[0] == '_') {
			s = s[1:]
		}
	}
	// Up to the first foreign character bytes are characters, so a cut by bytes
	// is a cut by characters wherever the result is valid.
	s = s[:min(len(s), maxEnvironment)]
	for i := range len(s) {
		if b := s[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '-' && b != '_' {
			return DefaultEnvironment
		}
	}
	if s == "" {
		return DefaultEnvironment
	}
	return s
}
