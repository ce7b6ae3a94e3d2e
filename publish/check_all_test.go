package publish

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// placed lists where problems are: file, line, column and path, since the words are those of other rooms.
func placed(err error) (places []string) {
	if problems, ok := err.(Errors); ok {
		for _, p := range problems {
			places = append(places, fmt.Sprintf("%s:%d:%d %s", p.File, p.Line, p.Column, p.Path))
		}
	}
	return places
}

// What is wrong in documents and what is wrong in expressions is told at once, and nothing that only follows from it.
func TestStructureAndExpressionsAreToldAtOnce(t *testing.T) {
	const shop = minimal + "---\nkind: Placement\nid: p\nchannel: web\n"
	const nudge = "reward: {type: nudge, nudge: financing}\nplacements: [p]\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"a field here, a feature there": {
			map[string]string{"a.yaml": shop + "colour: red\n", "b.yaml": "kind: Offer\nid: o\n" + nudge + "eligibility: cart.totl > 3.0\nmessage: {title: \"{{.Nobody}}\"}\n"},
			[]string{"a.yaml:9:1 Placement/p.colour", "b.yaml:5:18 Offer/o.eligibility", "b.yaml:6:21 Offer/o.message.title"},
		},
		"both in one offer": {
			map[string]string{"a.yaml": shop, "b.yaml": "kind: Offer\nid: o\n" + nudge + "eligibility: cart.totl > 3.0\nduraton: 3d\n"},
			[]string{"b.yaml:5:18 Offer/o.eligibility", "b.yaml:6:1 Offer/o.duraton"},
		},
		"an id that is taken": {
			map[string]string{"a.yaml": shop + "---\nkind: Offer\nid: o\n" + nudge, "b.yaml": "kind: Offer\nid: o\nreward: {type: nudge, nudge: financing}\nplacements: [q]\neligibility: cart.totl > 3.0\nduraton: 3d\n"},
			[]string{"b.yaml:2:5 Offer/o", "b.yaml:4:14 Offer/#1.placements[0]", "b.yaml:5:18 Offer/#1.eligibility", "b.yaml:6:1 Offer/#1.duraton"},
		},
		"the first of an id": {
			map[string]string{"a.yaml": shop + "---\nkind: Offer\nid: o\nreward: {type: nudge, nudge: financing}\nplacements: [p, q]\ncodes: {public: {code: TEN}}\n", "b.yaml": "kind: Offer\nid: o\n" + nudge + "codes: {public: {code: TEN}}\n"},
			[]string{"a.yaml:13:17 Offer/o.placements[1]", "a.yaml:14:8 Offer/o.codes", "b.yaml:2:5 Offer/o"},
		},
		"a segment twice": {
			map[string]string{"a.yaml": shop + "---\nkind: Segment\nid: vip\nwhere: profile.orders > 1\n", "b.yaml": "kind: Segment\nid: vip\nwhere: profile.odrers > 1\n"},
			[]string{"b.yaml:2:5 Segment/vip", "b.yaml:3:15 Segment/#1.where"},
		},
		"a field and what the offer refers to": {
			map[string]string{"a.yaml": shop, "b.yaml": "kind: Offer\nid: o\nreward: {type: nudge, nudge: financing}\nplacements: [p, 'no id', q]\ntriggers: [t]\nduraton: 3d\n"},
			[]string{"b.yaml:4:13 Offer/o.placements", "b.yaml:4:17 Offer/o.placements[1]", "b.yaml:5:12 Offer/o.triggers[0]", "b.yaml:6:1 Offer/o.duraton"},
		},
		"an empty file of a folder": {
			map[string]string{"shop/a.yaml": "# nothing\n"},
			[]string{"shop/a.yaml:1:1 "},
		},
		"ids that are none": {
			map[string]string{"a.yaml": shop + "---\nkind: Offer\nid: an offer\n" + nudge + "eligibility: cart.totl > 3.0\n", "b.yaml": "kind: Offer\nid: an other\n" + nudge + "eligibility: cart.sum > 3.0\n"},
			[]string{"a.yaml:11:5 Offer/#1.id", "a.yaml:14:18 Offer/#1.eligibility", "b.yaml:2:5 Offer/#2.id", "b.yaml:5:18 Offer/#2.eligibility"},
		},
		"an item of a list": {
			map[string]string{"a.yaml": shop, "b.yaml": "kind: Trigger\nid: t\nwhen:\n  any:\n  - Cart Viewed\n  - {event: Exit Intent, where: cart.totl > 3.0}\n"},
			[]string{"b.yaml:5:5 Trigger/t.when.any[0]", "b.yaml:6:37 Trigger/t.when.any[1].where"},
		},
		"a segment without its condition": {
			map[string]string{"a.yaml": shop + "---\nkind: Segment\nid: vip\nwher: profile.orders > 1\n---\nkind: Segment\nid: best\nwhere: segment(\"vip\") && cart.total > 3.0\n",
				"b.yaml": "kind: Offer\nid: o\n" + nudge + "eligibility: segment('best')\n"},
			[]string{"a.yaml:10:1 Segment/vip", "a.yaml:12:1 Segment/vip.wher"},
		},
		"a file that is not YAML": {
			map[string]string{"a.yaml": shop, "b.yaml": "kind: Offer\nid: o\nreward: {type: fixed, values: [3]}\nbudget: b\nplacements: [q]\neligibility: segment(\"vip\")\n---\nkind: Guardrail\nid: g\nwhere: cart.totl > 3.0\nmaxDepth: 0.5\n",
				"c.yaml": "kind: [\n"},
			[]string{"b.yaml:10:12 Guardrail/g.where", "c.yaml:1:1 "},
		},
		"a campaign without its budget": {
			map[string]string{"a.yaml": shop + "---\nkind: Campaign\nid: c\nbuget: b\n", "b.yaml": "kind: Offer\nid: o\ncampaign: c\nreward: {type: fixed, values: [3]}\nplacements: [p]\n"},
			[]string{"a.yaml:12:1 Campaign/c.buget"},
		},
		"a currency that is none": {
			map[string]string{"a.yaml": strings.Replace(shop, "USD", "EURO", 1), "b.yaml": "kind: Budget\nid: b\namount: {amount: 3, currency: EUR}\n---\nkind: Budget\nid: y\namount: 3.001\n---\nkind: Offer\nid: o\nbudget: b\nreward: {type: fixed, values: [0.005]}\nplacements: [p]\nminimum: {amount: 3, currency: EUR}\n"},
			[]string{"a.yaml:3:11 Shop/shop.currency"},
		},
	} {
		fsys := fstest.MapFS{}
		for file, text := range c.files {
			fsys[file] = &fstest.MapFile{Data: []byte(text)}
		}
		_, err := LoadChecked(fsys, compileWith)
		if diff := cmp.Diff(c.want, placed(err)); diff != "" {
			t.Errorf("%s: %s\n%v", name, diff, err)
		}
	}
}
