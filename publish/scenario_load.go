package publish

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"boon"

	"go.yaml.in/yaml/v3"
)

// ScenarioFile is a file of scenarios, in the order written.
type ScenarioFile struct {
	Name      string
	Scenarios []Scenario
}

// IsScenarioFile says whether a file holds scenarios and no part of a bundle: its name ends in _test.yaml or _test.yml.
func IsScenarioFile(name string) bool {
	ext := path.Ext(name)
	return (ext == ".yaml" || ext == ".yml") && strings.HasSuffix(strings.TrimSuffix(name, ext), "_test")
}

// LoadScenarios reads the files of scenarios below a path of fsys, in the order of their paths, and holds every name in them against the bundle, and
// against the SKUs of its products; without any, SKUs are not looked at. root is put before the files' names. The error is [Errors], with every
// problem found.
func LoadScenarios(fsys fs.FS, root, below string, b boon.Bundle, skus []string) ([]ScenarioFile, error) {
	found, err := filesBelow(fsys, []string{below}, IsScenarioFile)
	if err != nil {
		return nil, err
	}
	var files []ScenarioFile
	var problems Errors
	for _, name := range found {
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read scenarios: %w", err)
		}
		r := newReading(nil, nil)
		r.currency = b.Shop.Currency
		files = append(files, r.scenarios(path.Join(root, name), content, names{b: &b, skus: skus}))
		problems = append(problems, r.problems...)
	}
	return files, problems.orNil()
}

// scenarios reads the documents of one file.
func (r *reading) scenarios(name string, content []byte, known names) ScenarioFile {
	f := newFile(name, content)
	nodes, problem := f.documents(content)
	if problem != nil {
		r.problems = append(r.problems, problem)
	}
	all := ScenarioFile{Name: name}
	for i, node := range nodes {
		doc := fmt.Sprintf("scenario %d", i+1)
		v := value{reading: r, file: f, node: node, doc: doc, path: doc}
		if bad, why := refused(node); bad != nil {
			v.node = bad
			v.problem("%s", strings.Replace(why, "a bundle", "scenarios", 1))
			continue
		}
		s := Scenario{path: doc, at: r.at}
		if r.scenario(v, &s); !r.broken[doc] {
			known.value = v
			known.scenario(&s)
			all.Scenarios = append(all.Scenarios, s)
		}
	}
	if len(nodes) == 0 && problem == nil {
		r.problems = append(r.problems, f.problem(1, 1, "the file holds no scenario"))
	}
	return all
}

// oneStep are the fields of a scenario that is its only step itself.
var oneStep = []string{"after", "when", "expect"}

// scenario reads one document. The fields of its only step are read apart, since a step may stand for itself.
func (r *reading) scenario(v value, s *Scenario) {
	r.at[v.path] = v.position()
	if v.node.Kind != yaml.MappingNode {
		v.problem("expected a scenario with name, now, given, when and expect, found %s", describe(v.node))
		return
	}
	whole, step := v, v
	whole.node = &yaml.Node{Kind: yaml.MappingNode, Line: v.node.Line, Column: v.node.Column}
	step.node = &yaml.Node{Kind: yaml.MappingNode, Line: v.node.Line, Column: v.node.Column}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		into := whole.node
		if slices.Contains(oneStep, v.node.Content[i].Value) {
			into = step.node
		}
		into.Content = append(into.Content, v.node.Content[i], v.node.Content[i+1])
	}
	known := append(slices.Clone(scenarioFields), field[Scenario]{row: row{name: "when"}, read: func(value, *Scenario) {}},
		field[Scenario]{row: row{name: "expect"}, read: func(value, *Scenario) {}}, field[Scenario]{row: row{name: "after"}, read: func(value, *Scenario) {}})
	known.read(whole, s)
	switch written := lookup(whole.node, "steps"); {
	case written != nil && len(step.node.Content) > 0:
		step.node = step.node.Content[0]
		step.problem("a scenario with steps has no %s of its own; move it into a step", step.node.Value)
	case written == nil && len(step.node.Content) == 0:
		v.problem("nothing happens: when and expect are missing")
	case written == nil:
		var only Step
		scenarioStepFields.read(step, &only)
		s.Steps = []Step{only}
	}
	for i := range s.Steps {
		if written := lookup(whole.node, "steps"); written != nil {
			s.Steps[i].Path = fmt.Sprintf("steps[%d].", i)
		}
	}
}

// names holds what a scenario names against the bundle and its products.
type names struct {
	value
	b    *boon.Bundle
	skus []string
}

func ids[T any](all []T, id func(T) string) []string {
	list := make([]string, len(all))
	for i, x := range all {
		list[i] = id(x)
	}
	return list
}

func (n names) offers() []string { return ids(n.b.Offers, func(o boon.Offer) string { return o.ID }) }
func (n names) campaigns() []string {
	return ids(n.b.Campaigns, func(c boon.Campaign) string { return c.ID })
}
func (n names) triggers() []string {
	return ids(n.b.Triggers, func(t boon.Trigger) string { return t.ID })
}
func (n names) placements() []string {
	return ids(n.b.Placements, func(p boon.Placement) string { return p.ID })
}

// one complains of a name that the bundle does not have; path is from the scenario on.
func (n names) one(path, what, name string, known []string) {
	if name == "" || slices.Contains(known, name) {
		return
	}
	n.lack(path, fmt.Sprintf("the bundle has no %s %q%s", what, shorten(name), suggestion(name, known)))
}

func (n names) each(path, what string, list []string, known []string) {
	for i, name := range list {
		n.one(fmt.Sprintf("%s[%d]", path, i), what, name, known)
	}
}

func (n names) keys(path, what string, list []string, known []string) {
	slices.Sort(list)
	for _, name := range list {
		n.one(path+quoted(name), what, name, known)
	}
}

func (n names) scenario(s *Scenario) {
	g := s.Given
	n.one("given.shopper.holdout", "holdout", g.Shopper.Holdout, append(ids(n.b.Holdouts, func(h boon.Holdout) string { return h.ID }), n.campaigns()...))
	for _, id := range slices.Sorted(maps.Keys(g.Shopper.Arms)) {
		n.arm(id, g.Shopper.Arms[id])
	}
	n.keys("given.taken", "offer", slices.Collect(maps.Keys(g.Taken)), n.offers())
	n.keys("given.budgets", "budget", slices.Collect(maps.Keys(g.Budgets)), ids(n.b.Budgets, func(b boon.Budget) string { return b.ID }))
	n.each("given.paused", "offer or campaign", g.Paused, append(n.offers(), n.campaigns()...))
	for i, c := range g.Contacts {
		n.one(fmt.Sprintf("given.contacts[%d].offer", i), "offer", c.Offer, n.offers())
		n.one(fmt.Sprintf("given.contacts[%d].placement", i), "placement", c.Placement, n.placements())
	}
	n.shelves(s)
	n.events(s)
	for i := range s.Steps {
		n.step(s.Steps[i].Path, &s.Steps[i])
	}
	if !slices.ContainsFunc(s.Steps, func(s Step) bool { return !s.Expect.nothing() }) {
		n.lack(cmp.Or(strings.TrimSuffix(s.Steps[0].Path, "."), "when"), unheld)
	}
}

// unheld is what would pass whatever came of it.
const unheld = "nothing is expected of it"

func (n names) arm(experiment, arm string) {
	path := "given.shopper.arms" + quoted(experiment)
	at := slices.IndexFunc(n.b.Experiments, func(e boon.Experiment) bool { return e.ID == experiment })
	if at < 0 {
		n.one(path, "experiment", experiment, ids(n.b.Experiments, func(e boon.Experiment) string { return e.ID }))
		return
	}
	n.one(path, "arm", arm, ids(n.b.Experiments[at].Arms, func(a boon.Arm) string { return a.ID }))
}

func (n names) step(at string, s *Step) {
	n.each(at+"when.placements", "placement", s.When.Placements, n.placements())
	n.one(at+"when.trigger", "trigger", s.When.Trigger, n.triggers())
	n.code(at+"when.code", s.When.Code)
	for i, code := range s.When.Codes {
		n.code(fmt.Sprintf("%swhen.codes[%d]", at, i), code)
	}
	if s.Expect.Triggers != nil {
		n.each(at+"expect.triggers", "trigger", *s.Expect.Triggers, n.triggers())
	}
	for _, id := range slices.Sorted(maps.Keys(s.Expect.Placements)) {
		n.expected(at+"expect."+id, id, s.Expect.Placements[id])
	}
	n.needed(at, s)
}

func (n names) code(path, code string) {
	if offer, ok := strings.CutPrefix(code, "OFFER:"); ok {
		n.one(path, "offer", offer, n.offers())
	}
}

func (n names) expected(path, placement string, e Expected) {
	if known := n.placements(); !slices.Contains(known, placement) {
		n.one(path, "placement", placement, append(known, expectFields.names()...))
		return
	}
	if e.nothing() {
		n.lack(path, unheld)
	}
	n.one(path+".offer", "offer", e.Offer, n.offers())
	n.one(path+".trigger", "trigger", e.Trigger, n.triggers())
	if e.Offers != nil {
		n.each(path+".offers", "offer", *e.Offers, n.offers())
	}
	if e.Eligible != nil {
		n.each(path+".eligible", "offer", *e.Eligible, n.offers())
	}
	n.keys(path+".refused", "offer", slices.Collect(maps.Keys(e.Refused)), n.offers())
}

// needed complains of what nothing in the step can answer.
func (n names) needed(at string, s *Step) {
	w := s.When
	switch {
	case w.Code != "" && len(w.Codes) > 0:
		n.lack(at+"when.codes", "give one code or several, not both")
	case s.Expect.Code != nil && s.Expect.Code.nothing():
		n.lack(at+"expect.code", unheld)
	case !w.Holds() && s.Expect.Code != nil:
		n.lack(at+"expect.code", "the step holds no code against a cart; name it in when")
	case w.Code != "" && len(w.Cart.Lines) == 0:
		n.lack(at+"when.code", "a code is held against a cart; give the cart")
	case len(w.Codes) > 0 && len(w.Cart.Lines) == 0:
		n.lack(at+"when.codes", "codes are held against a cart; give the cart")
	case w.Redeem != "" && !w.Holds():
		n.lack(at+"when.redeem", "name the code that is redeemed")
	case w.Trigger != "" && len(w.Placements) == 0:
		n.lack(at+"when.trigger", "name the placements that are asked for; a trigger decides by itself once its event comes")
	}
	for _, code := range slices.Sorted(maps.Keys(s.Expect.Codes)) {
		if !slices.Contains(w.Codes, code) {
			n.lack(at+"expect.codes"+quoted(code), "the step does not hold this code among several; name it in when.codes")
		}
	}
}

func (n names) lack(path, message string) {
	full := n.doc + "." + path
	n.problems = append(n.problems, &Problem{Position: n.at.Of(full), Path: full, Message: message})
}
