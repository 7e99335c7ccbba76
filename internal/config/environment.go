package config

import (
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/fusebox-llm/fusebox/internal/secret"
)

// fileSuffix makes the name of the variable that names a file with the secret.
const fileSuffix = "_FILE"

// maxSecret is the most bytes of a secret's file.
const maxSecret = 64 << 10

// environment reads settings from variables. kong's own reading goes to the
// process environment and so cannot be told apart in tests.
type environment struct {
	lookup Lookup
	used   []string // flags that got their value here
}

// resolve gives kong a flag's variable. A variable that is set but empty counts as
// set: that is how an address is switched off.
func (e *environment) resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Name == "help" {
		return nil, nil
	}
	value, ok := e.lookup(variable(flag.Name))
	if !ok {
		return nil, nil
	}
	e.used = append(e.used, flag.Name)
	return value, nil
}

// blame adds to kong's complaint about a flag that the value came from a variable.
func (e *environment) blame(err error) error {
	for _, flag := range e.used {
		if strings.Contains(err.Error(), "--"+flag+"=") || strings.Contains(err.Error(), "--"+flag+":") {
			return fmt.Errorf("%w (from %s)", err, variable(flag))
		}
	}
	return err
}

// fill sets the fields that have a variable and no flag: secrets, which do not
// belong on a command line, and what is named LANGFUSE_INIT_*.
func (e *environment) fill(cfg *Config) (problems []string) {
	for _, f := range variableFields(cfg) {
		switch target := f.target.(type) {
		case *string:
			*target, _ = e.lookup(f.name)
		case *secret.Text:
			var err error
			if *target, err = e.secret(f.name); err != nil {
				problems = append(problems, err.Error())
			}
		}
	}
	return problems
}

// variableField is a setting that has a variable and no flag.
type variableField struct {
	name, help string
	target     any // *string or *secret.Text
}

func (f variableField) secret() bool {
	_, ok := f.target.(*secret.Text)
	return ok
}

// variableFields returns those settings of cfg, in order.
func variableFields(cfg *Config) []variableField {
	var all []variableField
	for _, section := range []any{&cfg.Instance, &cfg.Init} {
		v := reflect.ValueOf(section).Elem()
		for i := range v.NumField() {
			tag := v.Type().Field(i).Tag
			all = append(all, variableField{
				name: tag.Get("variable"), help: tag.Get("help"), target: v.Field(i).Addr().Interface(),
			})
		}
	}
	return all
}

// secret reads a secret from its variable or from the file that the variable's
// twin names. Its errors never quote the secret.
func (e *environment) secret(name string) (secret.Text, error) {
	// Composition files pass unset LANGFUSE_INIT_* on as empty; an empty key of ours
	// is a mistake that would go unseen.
	emptyIsUnset := !strings.HasPrefix(name, "FUSEBOX_")
	value, direct := e.lookup(name)
	path, byFile := e.lookup(name + fileSuffix)
	if emptyIsUnset {
		direct, byFile = direct && value != "", byFile && path != ""
	}
	switch {
	case direct && byFile:
		return secret.Text{}, fmt.Errorf("%s and %s%s are both set", name, name, fileSuffix)
	case byFile:
		text, err := readSecret(path)
		if err != nil {
			return secret.Text{}, fmt.Errorf("%s%s: %w", name, fileSuffix, err)
		}
		return secret.New(text), nil
	case direct && value == "":
		return secret.Text{}, fmt.Errorf("%s is empty", name)
	}
	return secret.New(value), nil
}

func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", err
	}
	text := strings.TrimRight(string(content), "\r\n")
	switch {
	case len(content) > maxSecret:
		return "", fmt.Errorf("%s has more than %d bytes", path, maxSecret)
	case text == "":
		return "", fmt.Errorf("%s is empty", path)
	}
	return text, nil
}
