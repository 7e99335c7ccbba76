// Package archtest owns the rules on which package may know which, as tests. It
// has no code of its own.
package archtest
