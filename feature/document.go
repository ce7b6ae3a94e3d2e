package feature

import (
	"fmt"
	"strings"
)

// Document is docs/features.md: every feature in a table for each namespace.
func Document() string {
	var b strings.Builder
	b.WriteString("# Features\n\n<!-- Generated from feature.Definitions by `go generate ./feature`. Do not edit. -->\n\n")
	b.WriteString("Every name that an expression (eligibility, trigger, guardrail, segment) can use. A `map` is read as `profile.traits[\"plan\"]`,\n")
	b.WriteString("a `list` as `\"vip\" in profile.tags`. Where a shopper has not consented to personalisation, `profile.*` and `session.*` have the value\n")
	b.WriteString("in the column *nobody*. Days are days of UTC; money in major units is for comparison only.\n\n")
	b.WriteString("What is *absent unless* another feature is true has no value without it: `has(product.price_gap)` is false then, an eligibility or a guardrail that reads it all\n")
	b.WriteString("the same refuses the offer by `evaluation_error`, a trigger's condition is false, and a record says `null`. Ask `has(...) && ...` first.\n")
	nobody := Compute(&State{}, Cuts{}, &Input{Shop: noShop})
	space := ""
	for _, d := range definitions {
		if s := namespace(d.Name); s != space {
			space = s
			fmt.Fprintf(&b, "\n## %s\n\n| feature | type | unit | meaning | nobody |\n| --- | --- | --- | --- | --- |\n", s)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", d.Name, d.Type, d.Unit, d.said(), withoutPerson(&nobody, d))
	}
	return b.String()
}

// said is what a feature means, and when there is none of it.
func (d *Definition) said() string {
	if d.given == "" {
		return d.Doc
	}
	return d.Doc + "; absent unless `" + d.given + "`"
}

func namespace(name string) string {
	space, _, found := strings.Cut(name, ".")
	if !found {
		return "time"
	}
	return space
}

// withoutPerson is the value for nobody; what comes with the request has none.
func withoutPerson(v *Vector, d Definition) string {
	if s := namespace(d.Name); s != "profile" && s != "session" {
		return ""
	}
	return "`" + string(v.appendValue(nil, &d, &inFull)) + "`"
}
