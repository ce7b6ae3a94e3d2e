package publish

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"boon"
	"boon/feature"
	"boon/internal/rule"
	"boon/offer"

	"github.com/google/go-cmp/cmp"
)

// engine is the Checker as the program wires it.
type engine struct{ env *rule.Env }

func (e engine) Expression(expr string, use Use) error {
	want := rule.WantBool
	if use == UseValue {
		want = rule.WantAny
	}
	_, err := e.env.Compile(expr, want)
	return err
}

func (e engine) Message(m boon.Message) error { return offer.CheckMessage(m) }

func compileWith(segments []boon.Segment) (Checker, error) {
	fields := slices.DeleteFunc(feature.Fields(), func(f rule.Field) bool { return f.Name == "now" }) // the environment declares now itself
	env, err := rule.NewEnv(fields, segments)
	if err != nil {
		return nil, err
	}
	return engine{env}, nil
}

func TestExamplesCheck(t *testing.T) {
	for _, name := range []string{"grocer", "boutique"} {
		if err := Check(loadExample(t, name), compileWith); err != nil {
			t.Errorf("examples/%s:\n%v", name, err)
		}
	}
}

func TestExpressionsAreCheckedInPlace(t *testing.T) {
	fsys := fstest.MapFS{"shop.yaml": {Data: []byte(`kind: Shop
id: shop
currency: USD
timezone: UTC
---
kind: Segment
id: regular
where: profile.order_90d > 2
---
kind: Segment
id: good
where: profile.orders > 2
---
kind: Placement
id: checkout
channel: web
---
kind: Offer
id: hint
reward: {type: nudge, nudge: financing}
placements: [checkout]
eligibility: cart.totl > 3.0
message: {title: "Hello {{.Nobody}}"}
---
kind: Offer
id: quoted
reward: {type: nudge, nudge: financing}
placements: [checkout]
eligibility: 'segment("regular") && cart.nothing'
---
kind: Guardrail
id: block
where: |
  cart.total > 5.0 &&
  product.price
maxDepth: "0.5"
---
kind: Trigger
id: t
when: {event: Exit Intent, where: "cart.total", by: profile.traits}
`)}}
	src, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	err = Check(src, compileWith)
	if err == nil {
		t.Fatal("nothing was found")
	}
	var places []string
	for _, p := range err.(Errors) { // the words are those of other rooms
		places = append(places, fmt.Sprintf("%s:%d:%d %s", p.File, p.Line, p.Column, p.Path))
	}
	want := []string{
		"shop.yaml:8:15 Segment/regular.where",
		"shop.yaml:22:18 Offer/hint.eligibility",
		"shop.yaml:23:27 Offer/hint.message.title",
		"shop.yaml:35:10 Guardrail/block.where",
		"shop.yaml:40:35 Trigger/t.when.where",
		"shop.yaml:40:53 Trigger/t.when.by",
	}
	if diff := cmp.Diff(want, places); diff != "" {
		t.Errorf("%s\n%v", diff, err)
	}
}

func TestCheckPassesOnWhatItCannotPlace(t *testing.T) {
	broken := errors.New("no memory")
	src := loadExample(t, "boutique")
	err := Check(src, func([]boon.Segment) (Checker, error) { return nil, broken })
	if err == nil || err.Error() != "shop.yaml:2:1: Shop/boutique: no memory" {
		t.Errorf("got %v", err)
	}
}
