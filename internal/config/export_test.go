package config

import (
	"io"

	"github.com/alecthomas/kong"
)

// Setting is what docs/config.md says about one setting.
type Setting struct {
	Command, Group, Flag, Variable, Default, Help string
	Secret                                        bool
}

// Settings returns every setting in the order of the help.
func Settings() ([]Setting, error) {
	var g grammar
	env := environment{lookup: func(string) (string, bool) { return "", false }}
	parser, err := kong.New(&g, options(&env, io.Discard, io.Discard, func() {})...)
	if err != nil {
		return nil, err
	}
	var all []Setting
	for _, command := range parser.Model.Children {
		for _, f := range command.Flags {
			s := Setting{
				Command: command.Name, Flag: "--" + f.Name, Variable: variable(f.Name), Default: f.Default, Help: f.Help,
			}
			if f.Group != nil {
				s.Group = f.Group.Title
			}
			all = append(all, s)
		}
	}
	for _, f := range variableFields(&Config{}) {
		all = append(all, Setting{Command: "serve", Group: "Variables without a flag", Variable: f.name, Help: f.help, Secret: f.secret()})
	}
	return all, nil
}
