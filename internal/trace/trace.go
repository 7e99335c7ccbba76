package trace

import "github.com/fusebox-llm/fusebox/internal/id"

// Trace is one trace as it is shown. Nil means null.
type Trace struct {
	Project     id.Project
	ID          string
	Timestamp   Micros
	Name        *string
	Environment string
	UserID      *string
	SessionID   *string
	Release     *string
	Version     *string
	Tags        []string // sorted by code unit; never nil
	Public      bool
	Bookmarked  bool

	// Input, Output and Metadata are filled only when asked for.
	Input    *Text
	Output   *Text
	Metadata Metadata
	// Raw is what no rule put anywhere, a JSON object text; filled only when
	// asked for. It is never part of the public shapes.
	Raw *Text

	CreatedAt Micros
	UpdatedAt Micros

	Sums Sums
}

// Sums is what a trace row knows about its observations.
type Sums struct {
	Observations int64
	ByLevel      [4]int64 // indexed as Levels()
	// First and Last are the earliest start and the latest start or end; both 0
	// without observations.
	First, Last Micros

	UsageInput  int64 // all usage entries whose name contains "input"
	UsageOutput int64 // all usage entries whose name contains "output"
	UsageTotal  int64 // the entry "total"
	CostInput   int64 // 1e-12 dollars, as UsageInput
	CostOutput  int64
	CostTotal   int64 // sum of the observations' total costs
}

// Latency returns the time from the earliest start to the latest start or end in
// microseconds; 0 without observations.
func (s Sums) Latency() int64 { return int64(s.Last - s.First) }

// Tree is a trace with its observations, ordered by start, then id.
type Tree struct {
	Trace        Trace
	Observations []Observation
}
