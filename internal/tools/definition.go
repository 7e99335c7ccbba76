package tools

import "github.com/fusebox-llm/fusebox/internal/jsontext"

// definition is one tool as some input describes it. description and parameters
// are JSON values as they are written, "" where there are none.
type definition struct {
	name, kind              string
	description, parameters string
	declarations            string // Gemini's list of definitions
	declares                bool   // it has such a list, and all of it are definitions
}

// readDefinition reads an object. What stands under "function" counts where the
// object itself has nothing.
func readDefinition(object string) definition {
	d, function := readDefinitionMembers(object)
	if function != "" && function[0] == '{' {
		under, _ := readDefinitionMembers(function)
		d.name = first(d.name, under.name)
		d.description = first(d.description, under.description)
		d.parameters = first(d.parameters, under.parameters)
	}
	if d.declarations != "" && d.declarations[0] == '[' {
		d.declares = true
		for element := range jsontext.Elements(d.declarations) {
			d.declares = d.declares && element[0] == '{' && jsontext.At(element, "name") != ""
		}
	}
	return d
}

func readDefinitionMembers(object string) (d definition, function string) {
	var description, desc, parameters, schema, inputSchema, inputSchemaCamel, schemaCamel string
	for key, v := range jsontext.Members(object) {
		switch key {
		case "name":
			d.name = textOf(v)
		case "type":
			d.kind = textOf(v)
		case "function":
			function = v
		case "description":
			description = notNull(v)
		case "desc":
			desc = notNull(v)
		case "parameters":
			parameters = notNull(v)
		case "parameters_json_schema":
			schema = notNull(v)
		case "parametersJsonSchema":
			schemaCamel = notNull(v)
		case "inputSchema":
			inputSchemaCamel = notNull(v)
		case "input_schema":
			inputSchema = notNull(v)
		case "functionDeclarations", "function_declarations":
			d.declarations = first(notNull(v), d.declarations)
		}
	}
	d.description = first(description, desc)
	d.parameters = first(parameters, schema, schemaCamel, inputSchemaCamel, inputSchema)
	return d, function
}
