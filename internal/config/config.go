// Package config owns the settings of the server: one struct field for each, from
// which its flag, its FUSEBOX_ variable, its default, its help text and its line in
// docs/config.md follow.
//
// A flag beats a variable, a variable beats the default. The package reads the
// environment only through the function it is given, opens no connection, changes
// nothing in the process, and starts no goroutines. Other packages never see
// [Config]; package app hands each its own small struct.
package config

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/fusebox-llm/fusebox/internal/account"
	"github.com/fusebox-llm/fusebox/internal/id"
	"github.com/fusebox-llm/fusebox/internal/secret"
)

// Config is every setting of the serve command. [Parse] returns only valid ones.
type Config struct {
	HTTP     HTTP     `embed:""`
	Storage  Storage  `embed:""`
	Roles    []Role   `name:"roles" group:"Process" default:"api,ingest,worker" help:"What this process does: api (answers reads), ingest (takes telemetry), worker (does background tasks such as recalculations)."`
	Log      Log      `embed:""`
	Limits   Limits   `embed:""`
	Instance Instance `embed:""`
	Init     Init     `embed:""`
}

// HTTP is where the server listens and how it stops.
type HTTP struct {
	Listen    string `name:"listen" group:"Addresses" default:"127.0.0.1:3000" help:"Address of the API. Port 0 takes any free one."`
	OpsListen string `name:"ops-listen" group:"Addresses" default:"127.0.0.1:9090" help:"Address of metrics, health and profiles. Empty switches it off, port 0 takes any free one. A default port that is taken is only a warning."`
	// OpsListenGiven says that OpsListen was set by hand, so that a taken port is
	// an error and not a warning.
	OpsListenGiven bool          `kong:"-"`
	PublicURL      string        `name:"public-url" group:"Addresses" placeholder:"URL" help:"The URL under which browsers and clients reach the server, when it differs from the listen address."`
	DrainTimeout   time.Duration `name:"drain-timeout" group:"Process" default:"8s" help:"How long running requests may take to finish after SIGTERM."`
}

// Storage is where data lives. Empty URLs mean the embedded stores in the data
// folder.
type Storage struct {
	Data         string `name:"data" group:"Storage" default:"./fusebox-data" help:"Folder for everything the server stores. It is created where it is missing."`
	DatabaseURL  string `name:"database-url" group:"Storage" placeholder:"URL" help:"Where metadata lives: sqlite:///path/to/file. Empty means meta.db in the data folder."`
	TelemetryURL string `name:"telemetry-url" group:"Storage" placeholder:"URL" help:"Where telemetry lives: sqlite:///path/to/file. Empty means telemetry.db in the data folder."`
	BlobURL      string `name:"blob-url" group:"Storage" placeholder:"URL" help:"Where large values live: file:///path/to/folder. Empty means blobs in the data folder."`
}

// Role is a part of the server that a process can take on.
type Role string

// The roles.
const (
	RoleAPI    Role = "api"
	RoleIngest Role = "ingest"
	RoleWorker Role = "worker"
)

// Has reports whether the process takes on a role.
func (c Config) Has(r Role) bool { return slices.Contains(c.Roles, r) }

// Level is a log level; it is a slog.Leveler.
type Level slog.Level

// Level returns the level in slog's own type.
func (l Level) Level() slog.Level { return slog.Level(l) }

// String returns the level's name in lower case.
func (l Level) String() string { return strings.ToLower(slog.Level(l).String()) }

// UnmarshalText reads debug, info, warn or error, in any case.
func (l *Level) UnmarshalText(text []byte) error {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if strings.EqualFold(string(text), level.String()) {
			*l = Level(level)
			return nil
		}
	}
	return fmt.Errorf("%q is not one of debug, info, warn, error", text)
}

// Log is what the log says and how.
type Log struct {
	Level  Level  `name:"log-level" group:"Process" default:"info" help:"The least level that is logged: debug, info, warn or error."`
	Format string `name:"log-format" group:"Process" default:"auto" help:"How log lines are written to stderr: json, text, or auto, which is text on a terminal and json elsewhere."`
}

// Limits is how much the server takes. Broken limits on a request refuse the
// request, broken limits on an item refuse the item.
type Limits struct {
	BodySize         Size          `name:"max-body-size" group:"Limits" default:"16MiB" help:"Bytes of a compressed request body, as it was sent."`
	DecompressedSize Size          `name:"max-decompressed-size" group:"Limits" default:"128MiB" help:"Bytes of a request body after decompression, and of one that was sent without compression."`
	CompressionRatio int           `name:"max-compression-ratio" group:"Limits" default:"200" help:"How many times its compressed size a request body may grow to."`
	Events           int           `name:"max-events" group:"Limits" default:"10000" help:"Events in one ingestion request."`
	Spans            int           `name:"max-spans" group:"Limits" default:"50000" help:"Spans in one OTLP request."`
	Attributes       int           `name:"max-attributes" group:"Limits" default:"1024" help:"Attributes of one span."`
	Depth            int           `name:"max-depth" group:"Limits" default:"32" help:"Levels of nesting in a value."`
	KeySize          Size          `name:"max-key-size" group:"Limits" default:"1KiB" help:"Bytes of an attribute's key."`
	InlineSize       Size          `name:"max-inline-size" group:"Limits" default:"1MiB" help:"Bytes of a value that is kept in the database; larger ones go to blob storage."`
	ValueSize        Size          `name:"max-value-size" group:"Limits" default:"64MiB" help:"Bytes of a value that is kept at all; an item with a larger one is refused."`
	MediaSize        Size          `name:"max-media-size" group:"Limits" default:"1000000000" help:"Bytes of an attachment that a client may upload."`
	CountTimeout     time.Duration `name:"count-timeout" group:"Limits" default:"2s" help:"How long counting a list's total may take before the request is refused with the advice to narrow its range."`
}

// Instance is the identity of the installation.
type Instance struct {
	// SecretKey is the instance key; absent means the key file in the data folder.
	SecretKey secret.Text `kong:"-" variable:"FUSEBOX_SECRET_KEY" help:"The instance key, 64 hex digits. When it is unset, the key is in instance.key in the data folder, made at the first start. API keys made under another instance key do not work."`
}

// Init is what is created at start; empty fields were not given.
type Init struct {
	OrgID            string      `kong:"-" variable:"LANGFUSE_INIT_ORG_ID" help:"Create an organization with this id."`
	OrgName          string      `kong:"-" variable:"LANGFUSE_INIT_ORG_NAME" help:"Its name. Unset means Provisioned Org."`
	ProjectID        string      `kong:"-" variable:"LANGFUSE_INIT_PROJECT_ID" help:"Create a project with this id in that organization."`
	ProjectName      string      `kong:"-" variable:"LANGFUSE_INIT_PROJECT_NAME" help:"Its name. Unset means Provisioned Project."`
	ProjectPublicKey string      `kong:"-" variable:"LANGFUSE_INIT_PROJECT_PUBLIC_KEY" help:"Create a key pair with this public key in that project."`
	ProjectSecretKey secret.Text `kong:"-" variable:"LANGFUSE_INIT_PROJECT_SECRET_KEY" help:"The pair's secret key."`
	UserEmail        string      `kong:"-" variable:"LANGFUSE_INIT_USER_EMAIL" help:"Accepted, but not used yet: this version has no users."`
	UserName         string      `kong:"-" variable:"LANGFUSE_INIT_USER_NAME" help:"Accepted, but not used yet."`
	UserPassword     secret.Text `kong:"-" variable:"LANGFUSE_INIT_USER_PASSWORD" help:"Accepted, but not used yet."`
}

// Account returns the settings in the account package's own form.
func (i Init) Account() account.Init {
	return account.Init{
		OrganizationID:   id.Org(i.OrgID),
		OrganizationName: i.OrgName,
		ProjectID:        id.Project(i.ProjectID),
		ProjectName:      i.ProjectName,
		PublicKey:        i.ProjectPublicKey,
		SecretKey:        i.ProjectSecretKey,
		UserEmail:        i.UserEmail,
		UserName:         i.UserName,
		UserPassword:     i.UserPassword,
	}
}
