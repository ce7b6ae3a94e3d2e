package publish

import (
	"fmt"
	"strings"
)

// Reference is the table of every kind and field in Markdown, made from the very list that Load reads by.
func Reference() string {
	var out strings.Builder
	for _, k := range kinds {
		fmt.Fprintf(&out, "### %s\n\n%s\n\n| field | form | default | meaning |\n| --- | --- | --- | --- |\n", k.name, k.doc)
		writeRows(&out, "", k.rows)
		out.WriteByte('\n')
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func writeRows(out *strings.Builder, prefix string, rows []row) {
	for _, r := range rows {
		name := prefix + r.name
		fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", name, strings.ReplaceAll(r.form, "|", "/"), r.standard(), r.doc)
		if strings.HasPrefix(r.form, "list") {
			name += "[]"
		}
		writeRows(out, name+".", r.rows)
	}
}

// standard is the default of a field as the reference shows it.
func (r row) standard() string {
	switch {
	case r.must:
		return "required"
	case r.preset == "" || r.preset == "{}":
		return ""
	}
	return "`" + r.preset + "`"
}

// ScenarioReference is the table of a scenario's fields in Markdown, made from the very list that LoadScenarios reads by.
func ScenarioReference() string {
	var out strings.Builder
	out.WriteString("| field | form | default | meaning |\n| --- | --- | --- | --- |\n")
	for _, f := range scenarioFields {
		if f.name == "steps" {
			writeRows(&out, "", []row{{name: f.name, form: f.form, doc: f.doc}})
			writeRows(&out, "", scenarioStepFields.rows())
			continue
		}
		writeRows(&out, "", []row{f.row})
	}
	return strings.TrimSuffix(out.String(), "\n")
}
