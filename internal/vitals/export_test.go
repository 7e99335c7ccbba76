package vitals

// The pinned versions, for the tests.
const (
	SQLiteVersion = sqliteVersion
	LibcVersion   = libcVersion
)
