package config

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// Command is what the program was asked to do.
type Command string

// The commands.
const (
	CommandServe       Command = "serve"
	CommandVersion     Command = "version"
	CommandHealthcheck Command = "healthcheck"
	// CommandNone means that [Parse] has done everything (printed the help).
	CommandNone Command = ""
)

// Invocation is a parsed command line.
type Invocation struct {
	Command Command
	// Config is set for CommandServe, and valid.
	Config Config
	// Health is set for CommandHealthcheck.
	Health Health
}

// Health is how the healthcheck command asks.
type Health struct {
	URL     string
	Timeout time.Duration
}

// Lookup returns an environment variable, as os.LookupEnv does.
type Lookup func(name string) (value string, ok bool)

// grammar is the command line as kong sees it.
type grammar struct {
	Serve       settings    `cmd:"" default:"withargs" help:"Run the server. This is what happens without a command, too."`
	Version     struct{}    `cmd:"" help:"Print which build this is."`
	Healthcheck healthcheck `cmd:"" help:"Ask the server on this machine for its health; the exit status is 0 when it is well."`
}

// settings is Config without its methods: kong would call Validate by itself,
// before the settings that have no flag are there.
type settings Config

// Help is what kong prints between the description of serve and its flags.
func (settings) Help() string {
	var help strings.Builder
	help.WriteString("Without settings the server keeps everything in one folder and listens on this machine alone. " +
		"Every flag can be given as the variable that stands behind it. These have a variable only:\n")
	for _, f := range variableFields(&Config{}) {
		fmt.Fprintf(&help, "\n  %s", f.name)
		if f.secret() {
			fmt.Fprintf(&help, ", %s%s", f.name, fileSuffix)
		}
	}
	return help.String()
}

type healthcheck struct {
	Listen  string        `name:"listen" default:"127.0.0.1:3000" help:"The server's listen address."`
	Timeout time.Duration `name:"health-timeout" default:"3s" help:"How long to wait for the answer."`
}

// Parse reads the command line (without the program's name) and the environment.
// Help that was asked for goes to stdout. The error of a command line that cannot
// be used is meant for people and names every setting that is wrong; the program
// should print it and exit with status 2.
func Parse(args []string, lookup Lookup, stdout, stderr io.Writer) (Invocation, error) {
	// kong stops at the first value that it cannot read. Leaving that one out and
	// reading on finds the others.
	var unreadable []string
	for {
		inv, err := parse(args, lookup, stdout, stderr)
		flag := unreadableFlag(err)
		if len(unreadable) > len(args)+maxFlags {
			flag = "" // leaving it out did not help; cannot happen, must not hang
		}
		if flag == "" && len(unreadable) == 0 {
			return inv, err
		}
		if flag == "" {
			if all, ok := errors.AsType[*Error](err); ok {
				unreadable = append(unreadable, all.Problems...)
			} else if err != nil {
				unreadable = append(unreadable, err.Error())
			}
			return Invocation{}, &Error{Problems: unreadable}
		}
		unreadable = append(unreadable, err.Error())
		args = withoutFlag(args, flag)
		before := lookup
		lookup = func(name string) (string, bool) {
			if name == variable(flag) {
				return "", false
			}
			return before(name)
		}
	}
}

// maxFlags is more than there are settings.
const maxFlags = 100

// unreadableFlag returns the flag whose value kong could not read, or "".
func unreadableFlag(err error) string {
	if err == nil {
		return ""
	}
	name, _, ok := strings.Cut(strings.TrimPrefix(err.Error(), "--"), ":")
	if !ok || !strings.HasPrefix(err.Error(), "--") || strings.ContainsAny(name, " =") {
		return ""
	}
	return name
}

// withoutFlag returns the command line without a flag and its value.
func withoutFlag(args []string, flag string) []string {
	var rest []string
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--"+flag:
			i++
		case !strings.HasPrefix(args[i], "--"+flag+"="):
			rest = append(rest, args[i])
		}
	}
	return rest
}

// parse is Parse up to the first value that cannot be read.
func parse(args []string, lookup Lookup, stdout, stderr io.Writer) (Invocation, error) {
	var (
		g      grammar
		env    = environment{lookup: lookup}
		helped bool
	)
	parser, err := kong.New(&g, options(&env, stdout, stderr, func() { helped = true })...)
	if err != nil {
		return Invocation{}, fmt.Errorf("the settings are declared wrong: %w", err) // a bug; tests see it
	}
	parsed, err := parser.Parse(args)
	switch {
	case helped:
		return Invocation{Command: CommandNone}, nil
	case err != nil:
		return Invocation{}, env.blame(err)
	}

	switch command := Command(parsed.Command()); command {
	case CommandServe:
		cfg := Config(g.Serve)
		cfg.HTTP.OpsListenGiven = given(parsed, "ops-listen")
		problems := env.fill(&cfg)
		problems = append(problems, cfg.problems()...)
		if len(problems) > 0 {
			return Invocation{}, &Error{Problems: problems}
		}
		return Invocation{Command: command, Config: cfg}, nil
	case CommandHealthcheck:
		url, err := healthURL(g.Healthcheck.Listen)
		if err == nil && g.Healthcheck.Timeout <= 0 {
			err = errors.New("--health-timeout must be more than 0")
		}
		if err != nil {
			return Invocation{}, err
		}
		return Invocation{Command: command, Health: Health{URL: url, Timeout: g.Healthcheck.Timeout}}, nil
	default:
		return Invocation{Command: command}, nil
	}
}

func options(env *environment, stdout, stderr io.Writer, helped func()) []kong.Option {
	return []kong.Option{
		kong.Name("fusebox"),
		kong.Description("The LLM engineering platform in one binary. \"fusebox serve --help\" lists the settings."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { helped() }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.Resolvers(kong.ResolverFunc(env.resolve)),
		kong.ValueFormatter(func(v *kong.Value) string {
			help := kong.DefaultHelpValueFormatter(v)
			if v.Flag == nil || v.Flag.Name == "help" {
				return help
			}
			return fmt.Sprintf("%s ($%s)", help, variable(v.Flag.Name))
		}),
	}
}

// given reports whether a flag was set on the command line or in the environment.
func given(parsed *kong.Context, flag string) bool {
	for _, p := range parsed.Path {
		if p.Flag != nil && p.Flag.Name == flag {
			return true
		}
	}
	return false
}

// variable returns the name of a flag's environment variable.
func variable(flag string) string {
	return "FUSEBOX_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}
