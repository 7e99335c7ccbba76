package otelmap

// Row is what every row of every table has.
type Row struct {
	// Name is unique over all tables: the table, a slash, and what is special
	// about the row. It is what a reason names.
	Name string
	// Convention is filled in from the convention whose file holds the row.
	Convention Convention
	// Rank is the row's place in its table, where no two are equal: the smallest
	// is asked first. Ranks leave room between them for rows to come.
	Rank int
}

func (r *Row) row() *Row { return r }

// Test is what a value must be for a row to apply.
type Test uint8

// The tests, from the weakest to the strictest.
const (
	Exists  Test = iota // the key is there, whatever its value
	Present             // not null; "", 0 and false are present
	Truthy              // not null, "", 0, NaN or false; [] and {} are truthy
	Filled              // truthy, and not the text {}
)

// Place is where a row looks.
type Place uint8

// The places.
const (
	OnSpan        Place = iota // the attributes of the span
	OnResource                 // the attributes of its resource
	SpanName                   // the name of the span; Key is empty
	StatusMessage              // the message of its status; Key is empty
)

// KeyRow takes a value from one attribute.
type KeyRow struct {
	Row
	Place Place
	Key   string
	Test  Test
}

func onSpan(rank int, table string, test Test, key string) KeyRow {
	return KeyRow{Row: Row{Name: table + "/" + key, Rank: rank}, Place: OnSpan, Key: key, Test: test}
}

func onResource(rank int, table string, test Test, key string) KeyRow {
	return KeyRow{Row: Row{Name: table + "/resource/" + key, Rank: rank}, Place: OnResource, Key: key, Test: test}
}

// MemberRow takes a value from one attribute, or from one member of the JSON
// object that the attribute is.
type MemberRow struct {
	KeyRow
	Member string // "" for the attribute itself
}

func memberOnSpan(rank int, table string, test Test, key, member string) MemberRow {
	row := onSpan(rank, table, test, key)
	if member != "" {
		row.Name += ":" + member
	}
	return MemberRow{KeyRow: row, Member: member}
}
