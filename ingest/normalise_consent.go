package ingest

import (
	"slices"
	"strings"

	"boon"
)

// answer is what a consent category or trait says of one purpose; inverted ones (do_not_sell) mean the opposite when true.
type answer struct {
	purpose  boon.Purpose
	inverted bool
}

// categories maps the names that consent banners and Segment's wrappers use, lower-cased with "_" between words. Functional storage is what
// personalization needs; advertising and targeting are personalization and sharing at once.
var categories = map[string][]answer{
	"analytics": {{boon.PurposeAnalytics, false}}, "performance": {{boon.PurposeAnalytics, false}},
	"statistics": {{boon.PurposeAnalytics, false}}, "measurement": {{boon.PurposeAnalytics, false}},
	"functional": {{boon.PurposePersonalization, false}}, "functionality": {{boon.PurposePersonalization, false}},
	"preferences": {{boon.PurposePersonalization, false}}, "personalization": {{boon.PurposePersonalization, false}},
	"personalisation": {{boon.PurposePersonalization, false}},
	"advertising":     {{boon.PurposePersonalization, false}, {boon.PurposeSale, false}},
	"targeting":       {{boon.PurposePersonalization, false}, {boon.PurposeSale, false}},
	"marketing":       {{boon.PurposeMarketing, false}}, "marketing_opt_out": {{boon.PurposeMarketing, true}},
	"accepts_marketing": {{boon.PurposeMarketing, false}}, "marketing_opt_in": {{boon.PurposeMarketing, false}},
	"email": {{boon.PurposeEmail, false}}, "email_opt_in": {{boon.PurposeEmail, false}}, "email_opt_out": {{boon.PurposeEmail, true}},
	"sms": {{boon.PurposeSMS, false}}, "sms_opt_in": {{boon.PurposeSMS, false}}, "sms_opt_out": {{boon.PurposeSMS, true}},
	"push": {{boon.PurposePush, false}}, "push_opt_in": {{boon.PurposePush, false}}, "push_opt_out": {{boon.PurposePush, true}},
	"sale": {{boon.PurposeSale, false}}, "sharing": {{boon.PurposeSale, false}}, "data_sharing": {{boon.PurposeSale, false}},
	"sale_of_data": {{boon.PurposeSale, false}}, "do_not_sell": {{boon.PurposeSale, true}}, "do_not_share": {{boon.PurposeSale, true}},
	"model_training": {{boon.PurposeModelTraining, false}}, "probabilistic_linking": {{boon.PurposeProbabilisticLinking, false}},
	"c0002": {{boon.PurposeAnalytics, false}}, "c0003": {{boon.PurposePersonalization, false}},
	"c0004": {{boon.PurposePersonalization, false}, {boon.PurposeSale, false}},
}

// canonical is a name in lower case with "_" between its words: "Do Not Sell", "doNotSell" and "do-not-sell" are do_not_sell.
func canonical(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		upper := c >= 'A' && c <= 'Z'
		if upper && i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z' {
			b.WriteByte('_')
		}
		switch {
		case upper:
			c |= 0x20
		case c == ' ' || c == '-':
			c = '_'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// traitConsent are the answers of an identify trait: consent_email, marketing_opt_out, accepts_marketing; nil for an ordinary trait.
func traitConsent(key string) []answer {
	name := canonical(key)
	if purpose, ok := strings.CutPrefix(name, "consent_"); ok {
		return categories[purpose]
	}
	if strings.Contains(name, "_opt_") || strings.HasPrefix(name, "accepts_") || strings.HasPrefix(name, "do_not_") {
		return categories[name]
	}
	return nil
}

// consent reads every choice that the message carries: at most one a purpose, in the order of the purposes. Of contradicting answers the
// denial stands.
func (n *normaliser) consent() {
	n.chooseAll(n.m.contextValue("consent").get("categoryPreferences"), "context")
	if n.m.Kind == boon.KindIdentify {
		n.chooseAll(n.m.traits.get("consent"), "traits")
		for t := n.m.traits.members(); t.next(); {
			n.choose(traitConsent(t.key), t.value, "traits")
		}
	}
	if n.event.Context.GPC {
		n.record(boon.PurposeSale, false, "gpc")
	}
	slices.SortStableFunc(n.event.Choices, func(a, b boon.Choice) int { return int(a.Purpose) - int(b.Purpose) })
}

func (n *normaliser) chooseAll(preferences value, source string) {
	for p := preferences.members(); p.next(); {
		n.choose(categories[canonical(p.key)], p.value, source)
	}
}

func (n *normaliser) choose(answers []answer, v value, source string) {
	if len(answers) == 0 {
		return
	}
	granted, ok := yes(v)
	if !ok {
		return
	}
	for _, a := range answers {
		n.record(a.purpose, granted != a.inverted, source)
	}
}

func (n *normaliser) record(p boon.Purpose, granted bool, source string) {
	choice := boon.Choice{Purpose: p, Granted: granted, At: n.event.Time, Source: source}
	i := slices.IndexFunc(n.event.Choices, func(c boon.Choice) bool { return c.Purpose == p })
	switch {
	case i < 0:
		n.event.Choices = append(n.event.Choices, choice)
	case n.event.Choices[i].Granted && !granted:
		n.event.Choices[i] = choice
	}
}

// yes reads a boolean or a word for one; what is neither says nothing.
func yes(v value) (granted, ok bool) {
	switch strings.ToLower(v.text()) {
	case "true", "yes", "granted", "opt_in", "opted_in", "subscribed", "1":
		return true, true
	case "false", "no", "denied", "opt_out", "opted_out", "unsubscribed", "0":
		return false, true
	}
	return false, false
}

// readTraits keeps the scalar traits of an identify call that are neither personal nor consent.
func (n *normaliser) readTraits() {
	if n.m.Kind != boon.KindIdentify {
		return
	}
	for t := n.m.traits.members(); t.next(); {
		text := t.value.text()
		if text == "" || t.key == "name" || personalField(t.key) != "" || traitConsent(t.key) != nil || n.personal(text) {
			continue
		}
		if n.event.Traits == nil {
			n.event.Traits = make(map[string]string)
		}
		n.event.Traits[t.key] = text
	}
}
