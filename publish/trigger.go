package publish

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"boon"
	"boon/trigger"

	"go.yaml.in/yaml/v3"
)

var triggerFields = object[boon.Trigger]{
	is("id", identifier("id"), func(t *boon.Trigger) *string { return &t.ID }, idDoc).required(),
	is("when", nested(patternFields), func(t *boon.Trigger) *boon.Pattern { return &t.When }, "What it waits for. It begins with `event`, `any` or `sequence`, one of the three."),
	is("use", word(readyMade()...), func(t *boon.Trigger) *boon.ReadyMade { return &t.Use }, "A ready-made pattern, instead of `when` (docs/triggers.md)."),
	is("with", nested(parameterFields), func(t *boon.Trigger) *boon.Parameters { return &t.With }, "What is otherwise in the ready-made pattern."),
	is("cooldown", duration, func(t *boon.Trigger) *time.Duration { return &t.Cooldown }, "How long it rests for a shopper after it has fired. A ready-made pattern has one of its own."),
	is("placements", list(identifier("Placement id")), func(t *boon.Trigger) *[]string { return &t.Placements }, "Where it asks for an offer; without them where the offers that name it can show."),
	is("quiet", word(boon.QuietDefer, boon.QuietDrop), func(t *boon.Trigger) *boon.Quiet { return &t.Quiet }, "When all of these are in quiet hours: `defer` decides when they are over, unless what it waited for falls away; `drop` decides at once, and gives nothing. Unless said, an absence and news of a product are deferred, and all else is dropped (docs/contact-policy.md)."),
}

func readyMade() []boon.ReadyMade {
	var words []boon.ReadyMade
	for _, r := range trigger.ReadyMade() {
		words = append(words, r.Use)
	}
	return words
}

var parameterFields = object[boon.Parameters]{
	is("percentile", whole[int64](1, 99), func(p *boon.Parameters) *int64 { return &p.Percentile }, "exit_intent: the cart is worth more than so many per cent of the shop's orders."),
	is("above", decimal("decimal", "0.01", "10"), func(p *boon.Parameters) *boon.Micros { return &p.Above }, "shipping_shock: by how much more, as a share of what is usual. price_check: by how much more than at a competitor, as a share of the price here."),
	is("count", whole[int64](1, 16), func(p *boon.Parameters) *int64 { return &p.Count }, "price_check, second_visit, payment_trouble: how often."),
	is("within", duration, func(p *boon.Parameters) *time.Duration { return &p.Within }, "The same: in how long."),
	is("apart", duration, func(p *boon.Parameters) *time.Duration { return &p.Apart }, "price_check, second_visit: what is closer counts once."),
	is("for", duration, func(p *boon.Parameters) *time.Duration { return &p.For }, "cart_abandoned: how long nothing has followed."),
	is("cycles", decimal("decimal", "0.1", "20"), func(p *boon.Parameters) *boon.Micros { return &p.Cycles }, "lapsing_customer: how many of the shopper's own purchase cycles."),
}

var patternFields = object[boon.Pattern]{
	is("event", textual, func(p *boon.Pattern) *string { return &p.Event }, "The event's name, as sent: `Checkout Started`."),
	is("where", expression, func(p *boon.Pattern) *string { return &p.Where }, "CEL; only events for which it holds."),
	is("any", records(nested(stepFields)), func(p *boon.Pattern) *[]boon.Step { return &p.Any }, "Any of these events, instead of one."),
	is("sequence", records(nested(stepFields)), func(p *boon.Pattern) *[]boon.Step { return &p.Sequence }, "All of these events, one after the other, within `within`; others may come between. 2 to 8."),
	is("count", whole[int64](1, 1000), func(p *boon.Pattern) *int64 { return &p.Count }, "So many of them within `within`; 1 unless said."),
	is("within", duration, func(p *boon.Pattern) *time.Duration { return &p.Within }, "The window in which they are counted, or that holds the sequence."),
	is("by", expression, func(p *boon.Pattern) *string { return &p.By }, "CEL; the events of each of its values are counted, or make a sequence, apart."),
	is("apart", duration, func(p *boon.Pattern) *time.Duration { return &p.Apart }, "Events closer than this count once."),
	is("absent", optional(nested(absenceFields)), func(p *boon.Pattern) **boon.Absence { return &p.Absent }, "Fires when, after all that, another event has not come."),
}

var stepFields = object[boon.Step]{
	is("event", textual, func(s *boon.Step) *string { return &s.Event }, "The event's name, as sent.").required(),
	is("where", expression, func(s *boon.Step) *string { return &s.Where }, "CEL; only events for which it holds."),
}

var absenceFields = object[boon.Absence]{
	is("event", textual, func(a *boon.Absence) *string { return &a.Event }, "The event that is waited for."),
	is("where", expression, func(a *boon.Absence) *string { return &a.Where }, "CEL; only events for which it holds."),
	is("any", records(nested(stepFields)), func(a *boon.Absence) *[]boon.Step { return &a.Any }, "Any of these events, instead of one."),
	is("for", duration, func(a *boon.Absence) *time.Duration { return &a.For }, "How long."),
	is("cycles", decimal("decimal", "0.1", "20"), func(a *boon.Absence) *boon.Micros { return &a.Cycles }, "How long, in purchase cycles of the shopper (`profile.cycle_days`), instead of `for`."),
}

// trigger looks for what no sequence of events could complete.
func (v *reviewer) trigger(at string, t boon.Trigger) {
	v.referAll(at+".placements", "Placement", t.Placements)
	var wrong *boon.Error
	if errors.As(trigger.Check(t), &wrong) {
		v.problem(at+"."+wrong.Field, "%s", wrong.Detail)
	}
}

// triggerExpressions lists the expressions of a trigger.
func triggerExpressions(t boon.Trigger) []written {
	at := fmt.Sprintf("Trigger/%s.when", t.ID)
	all := stepExpressions(at, t.When.Where, "any", t.When.Any)
	all = append(all, stepExpressions(at, "", "sequence", t.When.Sequence)...)
	if t.When.By != "" {
		all = append(all, written{at + ".by", t.When.By, UseValue})
	}
	if a := t.When.Absent; a != nil {
		all = append(all, stepExpressions(at+".absent", a.Where, "any", a.Any)...)
	}
	return all
}

// stepExpressions lists the condition of one event, and those of several.
func stepExpressions(at, where, name string, steps []boon.Step) []written {
	var all []written
	if where != "" {
		all = append(all, written{at + ".where", where, UseCondition})
	}
	for i, s := range steps {
		if s.Where != "" {
			all = append(all, written{fmt.Sprintf("%s.%s[%d].where", at, name, i), s.Where, UseCondition})
		}
	}
	return all
}

// ReadyMadeReference is the table of the ready-made patterns in Markdown.
func ReadyMadeReference() string {
	var out strings.Builder
	out.WriteString("| `use` | fires when the shopper | with | cooldown |\n| --- | --- | --- | --- |\n")
	for _, r := range trigger.ReadyMade() {
		with, rest := "", "none"
		if m := parameterFields.write(&r.Defaults, ""); len(m.Content) > 0 {
			with = "`" + flow(m) + "`"
		}
		if r.Cooldown > 0 {
			rest = durationText(r.Cooldown)
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", r.Use, r.Doc, with, rest)
	}
	return out.String()
}

// flow writes a mapping of scalars on one line.
func flow(m *yaml.Node) string {
	var fields []string
	for i := 0; i+1 < len(m.Content); i += 2 {
		fields = append(fields, m.Content[i].Value+": "+m.Content[i+1].Value)
	}
	return "{" + strings.Join(fields, ", ") + "}"
}
