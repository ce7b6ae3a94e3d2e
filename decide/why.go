package decide

import (
	"slices"
	"strings"

	"boon/internal/rule"
)

// grounds are what a condition can read, in a shopper's words. Those of the person were not used without consent to personalisation.
var grounds = []struct {
	space, words string
	personal     bool
}{
	{"cart", "what is in your cart", false},
	{"product", "the product you looked at", false},
	{"session", "what you did on this visit", true},
	{"profile", "how you shop with us", true},
	{"context", "where and how you visit us", false},
}

// Why says to the shopper, in a sentence, on which grounds an offer was made: what kinds of things its condition reads. No figure, model or margin
// is in it, and nobody else.
func (p *Policy) Why(offer string, in *Inputs) string {
	g := ground{offer, in.Personal, in.Request.Trigger != ""}
	if said, ok := p.whys.Load(g); ok {
		return said.(string)
	}
	said := p.say(g)
	p.whys.Store(g, said)
	return said
}

// ground is what a sentence depends on.
type ground struct {
	offer               string
	personal, triggered bool
}

func (p *Policy) say(g ground) string {
	spaces := p.spaces(g.offer)
	var words []string
	for _, of := range grounds {
		if slices.Contains(spaces, of.space) && (g.personal || !of.personal) {
			words = append(words, of.words)
		}
	}
	if g.triggered {
		words = append(words, "what you did just now")
	}
	if len(words) == 0 {
		return "You get this because it is open to everybody who visits us."
	}
	return "You get this because of " + sentence(words) + "."
}

func sentence(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// spaces are the kinds of features that an offer's condition reads.
func (p *Policy) spaces(offer string) (spaces []string) {
	i, ok := p.position[offer]
	if !ok || p.offers[i].Eligibility == "" {
		return nil
	}
	condition, err := p.env.Compile(p.offers[i].Eligibility, rule.WantBool)
	if err != nil { // it compiled with the release
		return nil
	}
	for _, field := range condition.Fields() {
		space, _, _ := strings.Cut(field, ".")
		spaces = append(spaces, space)
	}
	return spaces
}
