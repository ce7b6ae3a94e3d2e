package publish

import (
	"fmt"
	"net/url"
	"time"

	"boon"

	"go.yaml.in/yaml/v3"
)

var stopLossFields = object[boon.StopLoss]{
	is("id", identifier("id"), func(s *boon.StopLoss) *string { return &s.ID }, idDoc).required(),
	is("covers", nested(watchedFields), func(s *boon.StopLoss) *boon.Covers { return &s.Covers }, "What it watches.").required(),
	is("when", nested(thresholdFields), func(s *boon.StopLoss) *boon.Threshold { return &s.When }, "When it holds.").required(),
	is("action", word("pause", "alarm"), func(s *boon.StopLoss) *string { return &s.Action }, "`pause` stops what it covers, in the redemption that made it hold, until a human resumes it; both tell a human.").otherwise("pause"),
	honours(func(s *boon.StopLoss) *bool { return &s.Refuse }),
}

// honours is the opposite of refuse; it is written where it differs from the default.
func honours[T any](refuse func(*T) *bool) field[T] {
	return field[T]{
		row: row{name: "honour", form: truth.name, preset: "true", doc: "Whether a pause leaves grants good that were given before it."},
		read: func(v value, x *T) {
			if honoured, ok := truth.read(v); ok {
				*refuse(x) = !honoured
			}
		},
		write: func(x *T, c boon.Currency) *yaml.Node { return truth.write(!*refuse(x), c) },
		zero:  func(x *T) bool { return !*refuse(x) },
	}
}

var watchedFields = object[boon.Covers]{
	is("kind", word("offer", "campaign", "shop"), func(c *boon.Covers) *string { return &c.Kind }, "Each offer or campaign is watched by itself; `shop` is all of them together.").required(),
	is("ids", list(identifier("Offer or Campaign id")), func(c *boon.Covers) *[]string { return &c.IDs }, "Only these; without them every one."),
}

var thresholdFields = object[boon.Threshold]{
	is("figure", word(boon.FigureDiscountRate, boon.FigureReturnsRate, boon.FigureSpend, boon.FigureRedemptions, boon.FigureSuspicious), func(t *boon.Threshold) *boon.Figure { return &t.Figure }, "What is looked at, within the window.").required(),
	is("above", decimal("decimal", "0", "1000000000"), func(t *boon.Threshold) *boon.Micros { return &t.Above }, "The bound: a share for the rates, an amount in the shop's currency for `spend`, else a count. At the bound it does not hold.").required(),
	is("over", duration, func(t *boon.Threshold) *time.Duration { return &t.Over }, "The window: the last so long, to within a sixth.").required(),
	is("atLeast", whole[int64](1, 1e9), func(t *boon.Threshold) *int64 { return &t.AtLeast }, "Redemptions in the window before it may hold.").otherwise("20"),
}

var abuseFields = object[boon.Abuse]{
	is("id", identifier("id"), func(a *boon.Abuse) *string { return &a.ID }, idDoc).required(),
	is("signal", word(boon.SignalSharedDevice, boon.SignalCodeStuffing, boon.SignalQuickReturn), func(a *boon.Abuse) *boon.Signal { return &a.Signal }, "`shared_device`: customers who bring codes of one offer from one device or browser. `code_stuffing`: codes tried on one order, or by one customer. `quick_return`: redemptions of one customer that came back within `over`.").required(),
	is("above", whole[int64](1, 1e6), func(a *boon.Abuse) *int64 { return &a.Above }, "It holds above so many.").required(),
	is("over", duration, func(a *boon.Abuse) *time.Duration { return &a.Over }, "Counted in periods of this length that follow each other; for `quick_return` the time from redemption to return.").required(),
	is("action", word("alarm", "refuse"), func(a *boon.Abuse) *string { return &a.Action }, "Both tell a human and mark the customer as suspicious; `refuse` also refuses the customer's codes.").otherwise("alarm"),
}

var alarmFields = object[boon.Alarms]{
	is("webhook", webhook, func(a *boon.Alarms) *string { return &a.Webhook }, "Alarms are posted there, signed as Standard Webhooks has it. `boon alarms --secret` shows the secret."),
}

var webhook = func() form[string] {
	f := textForm[string]("URL", "an http or https URL", 1000)
	read := f.read
	f.read = func(v value) (string, bool) {
		s, ok := read(v)
		if !ok {
			return "", false
		}
		u, err := url.Parse(s)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
			return "", v.problem("%q is no http or https URL without a user", shorten(s))
		}
		return s, true
	}
	return f
}()

// watched checks that what a rule covers is there.
func (v *reviewer) watched(at string, c boon.Covers) {
	switch {
	case c.Kind == "offer":
		v.referAll(at+".ids", "Offer", c.IDs)
	case c.Kind == "campaign":
		v.referAll(at+".ids", "Campaign", c.IDs)
	case len(c.IDs) > 0:
		v.problem(at+".ids", "the shop is one: it has no ids here")
	}
}

// stopLoss checks what a rule names, and that its bound is of its figure's kind.
func (v *reviewer) stopLoss(at string, s boon.StopLoss) {
	v.watched(at+".covers", s.Covers)
	above := s.When.Above
	switch s.When.Figure {
	case boon.FigureDiscountRate, boon.FigureReturnsRate:
		if above >= boon.Unit {
			v.problem(at+".when.above", "the share %s is never passed: give one below 1", above)
		}
	case boon.FigureRedemptions, boon.FigureSuspicious:
		if above%boon.Unit != 0 {
			v.problem(at+".when.above", "%s is a count: give a whole number, not %s", s.When.Figure, above)
		}
		if s.When.Figure == boon.FigureSuspicious && len(v.b.Abuse) == 0 {
			v.problem(at+".when.figure", "nothing marks a customer as suspicious: add a document with kind: Abuse")
		}
	}
}

func (v *reviewer) abuse(at string, a boon.Abuse) {
	if a.Signal == boon.SignalSharedDevice && a.Above < 2 && a.Action == "refuse" {
		v.problem(fmt.Sprintf("%s.above", at), "one customer on a device is no abuse: a rule that refuses needs 2 or more")
	}
}
