package tasks

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fusebox-llm/fusebox/internal/fault"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/trace"
)

// What a store takes, in bytes.
const (
	MaxText = 255     // of an id, a kind or a unique key
	MaxArgs = 1 << 20 // of the arguments, and of the result
	MaxNote = 2000    // of an error
)

// Status says how far a task is.
type Status string

// The statuses. A task starts as queued, and again after a failed attempt.
const (
	Queued    Status = "queued"
	Running   Status = "running"
	Succeeded Status = "succeeded"
	Failed    Status = "failed"
	Cancelled Status = "cancelled"
)

// Over reports whether nothing more will happen to a task in this status.
func (s Status) Over() bool { return s == Succeeded || s == Failed || s == Cancelled }

// Task is one piece of work of a project.
type Task struct {
	Project id.Project
	ID      string
	Kind    string // which handler does it
	Args    string // JSON, for the handler
	// Unique, where it is not empty, keeps a second task with the same text out of
	// the project until this one is over.
	Unique string

	Status Status
	Progress
	Result string // JSON of a task that succeeded; else ""
	// Error says, in words that people may read, why the last attempt failed. It
	// stays while the next attempt runs.
	Error    string
	Attempts int // that have begun, without those that a stopping server gave back
	// CancelRequested is set once somebody asked; the task may still run to its end.
	CancelRequested bool

	CreatedAt  trace.Micros
	UpdatedAt  trace.Micros
	RunAfter   trace.Micros  // not before this time
	StartedAt  *trace.Micros // the first attempt
	FinishedAt *trace.Micros // when it was over
	// LeaseUntil is until when the running task belongs to its worker; nil when it
	// does not run. After that time another worker may take it.
	LeaseUntil *trace.Micros
	// Claims counts how often a worker has taken the task. See [Lease].
	Claims int
}

// Progress is how much of a task is done, in whatever the handler counts.
type Progress struct {
	Done  int64
	Total int64 // 0: not known
}

// Lease names one worker's hold of a task. It ends when another worker takes the
// task, so that one which was slow or cut off cannot spoil what its successor does.
type Lease struct {
	Project id.Project
	ID      string
	Claim   int // Claims of the task that this worker was given
}

// Lease returns the hold that came with a task which was claimed.
func (t Task) Lease() Lease { return Lease{Project: t.Project, ID: t.ID, Claim: t.Claims} }

// Decode reads the arguments into args. What does not fit is fault.Invalid, which
// ends a task: trying again would not help.
func (t Task) Decode(args any) error {
	return fault.Wrap(fault.Invalid, json.Unmarshal([]byte(t.Args), args), "the arguments of the task cannot be read")
}

// Validate reports what a store must refuse in a new task, as fault.Invalid.
func (t Task) Validate() error {
	for what, text := range map[string]string{"project": string(t.Project), "task id": t.ID, "task kind": t.Kind} {
		if text == "" {
			return fault.New(fault.Invalid, "%s must not be empty", what)
		}
		if err := checkText(what, text); err != nil {
			return err
		}
	}
	if err := checkText("unique key of a task", t.Unique); err != nil {
		return err
	}
	return checkJSON("arguments of a task", t.Args)
}

// Outcome is how a task ended.
type Outcome struct {
	Status Status // Succeeded, Failed or Cancelled
	Progress
	Result string // JSON; "" is none
	Error  string // "" is none
}

// Validate reports what a store must refuse, as fault.Invalid.
func (o Outcome) Validate() error {
	if !o.Status.Over() {
		return fault.New(fault.Invalid, "a task cannot end as %q", string(o.Status))
	}
	if err := o.Progress.Validate(); err != nil {
		return err
	}
	if o.Result != "" {
		if err := checkJSON("result of a task", o.Result); err != nil {
			return err
		}
	}
	return CheckError(o.Error)
}

// Validate reports what a store must refuse, as fault.Invalid.
func (p Progress) Validate() error {
	if p.Done < 0 || p.Total < 0 {
		return fault.New(fault.Invalid, "the progress of a task must not be negative")
	}
	return nil
}

// CheckError reports whether a store can keep the text as a task's error; otherwise
// fault.Invalid.
func CheckError(text string) error {
	if len(text) > MaxNote || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return fault.New(fault.Invalid, "the error of a task must be UTF-8 text without NUL of at most %d bytes", MaxNote)
	}
	return nil
}

func checkText(what, text string) error {
	switch {
	case len(text) > MaxText:
		return fault.New(fault.Invalid, "%s is longer than %d bytes", what, MaxText)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return fault.New(fault.Invalid, "%s must be UTF-8 text without control characters", what)
	}
	return nil
}

func checkJSON(what, text string) error {
	switch {
	case len(text) > MaxArgs:
		return fault.New(fault.Invalid, "%s: longer than %d bytes", what, MaxArgs)
	case !json.Valid([]byte(text)) || !utf8.ValidString(text):
		return fault.New(fault.Invalid, "%s: not JSON", what)
	}
	return nil
}
