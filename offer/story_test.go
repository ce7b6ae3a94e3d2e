package offer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"boon"

	"github.com/google/go-cmp/cmp"
)

// story is a file of testdata/stack: a cart, groups and offers, a line each, and below --- what a plan makes of them.
type story struct {
	*testing.T
	stack  Stack
	groups boon.Bundle
}

// The stories are how groups behave as a contract: the modes that other promotion engines have, and the cases that their users reported.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stack/*.txt")
	if err != nil || len(files) < 20 {
		t.Fatalf("found %d stories, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			told, want, _ := strings.Cut(string(raw), "---\n")
			got := tell(t, told)
			if *update {
				if err := os.WriteFile(file, []byte(told+"---\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func tell(t *testing.T, text string) string {
	s := story{T: t}
	s.stack.Groups = s.groups.StackingGroup
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		switch words[0] {
		case "cart":
			s.stack.Cart.Currency = boon.Currency(words[1])
			s.stack.VAT = len(words) > 3
			s.stack.Cart.Shipping = s.minor(words[2])
		case "line":
			s.line(words[1:])
		case "group":
			s.group(words[1:])
		case "offer":
			s.offer(words[1:])
		default:
			t.Fatalf("%q is no part of a story", line)
		}
	}
	return s.result(s.stack.Plan())
}

func (s *story) minor(text string) int64 {
	m, err := boon.ParseMoney(text, s.stack.Cart.Currency)
	if err != nil {
		s.Fatal(err)
	}
	return m.Minor
}

func (s *story) micros(text string) boon.Micros {
	m, err := boon.ParseMicros(text)
	if err != nil {
		s.Fatal(err)
	}
	return m
}

// line reads "SHIRT apparel 2 x 20.00"; the SKU is its id too.
func (s *story) line(words []string) {
	var n int64
	if _, err := fmt.Sscan(words[2], &n); err != nil {
		s.Fatal(err)
	}
	l := boon.Line{ID: words[0], SKU: words[0], Category: words[1], Quantity: n, Price: s.micros(words[4])}
	for _, tax := range words[5:] {
		l.Tax = s.minor(tax)
	}
	s.stack.Cart.Lines = append(s.stack.Cart.Lines, l)
}

// group reads "sale mode=highest per=line"; what is not said is as publish presets it.
func (s *story) group(words []string) {
	g := boon.StackingGroup{ID: words[0], Mode: boon.StackAll, Per: boon.PerOrder, Price: boon.OnRemaining, Minimum: boon.MinimumAfter}
	for _, word := range words[1:] {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "mode":
			g.Mode = boon.StackMode(value)
		case "best":
			g.BestFor = value
		case "per":
			g.Per = value
		case "price":
			g.Price = value
		case "minimum":
			g.Minimum = value
		case "priority":
			g.Priority = int64(s.micros(value) / boon.Unit)
		case "excludes":
			g.Excludes = strings.Split(value, ",")
		case "alone":
			g.Alone = true
		default:
			s.Fatalf("a group has no %q", word)
		}
	}
	s.groups.StackingGroups = append(s.groups.StackingGroups, g)
}

// offer reads "ten sale 10% combine priority=1"; a reward is 10%, 5.00, shipping, 200points or gift.
func (s *story) offer(words []string) {
	o := boon.Offer{ID: words[0], Stacking: boon.Stacking{Group: words[1], Policy: "exclusive"}}
	u := Use{ID: words[0], Offer: &o}
	s.reward(&u, words[2])
	stood := false
	for _, word := range words[3:] {
		switch key, value, _ := strings.Cut(word, "="); key {
		case "combine":
			o.Stacking.Policy = key
		case "priority":
			o.Stacking.Priority = int64(s.micros(value) / boon.Unit)
		case "minimum":
			o.Minimum = s.minor(value)
		case "max":
			o.Reward.MaxDiscount = s.minor(value)
		case "vendor":
			o.Reward.VendorShare = s.micros(value)
		case "in":
			o.Scope = boon.Scope{Kind: "category", Categories: []string{value}}
		case "on":
			o.Scope = boon.Scope{Kind: "sku", SKUs: strings.Split(value, ",")}
		case "set":
			o.Scope = boon.Scope{Kind: "bundle", SKUs: strings.Split(value, ",")}
		case "worth":
			u.Gift.Price = s.minor(value)
		case "while": // a condition on the cart's total
			u.Holds = totals(s.minor(value))
		case "stands":
			stood = true
		default:
			s.Fatalf("an offer has no %q", word)
		}
	}
	if stood {
		s.stand(u)
		return
	}
	s.stack.Uses = append(s.stack.Uses, u)
}

func totals(least int64) func(boon.Order) error {
	return func(left boon.Order) error {
		if now := left.Merchandise(); now < least {
			return boon.Refuse(boon.ReasonNotEligible, "cart.total is %s", boon.Money{Minor: now, Currency: left.Currency})
		}
		return nil
	}
}

func (s *story) reward(u *Use, text string) {
	r := &u.Offer.Reward
	switch {
	case text == "shipping":
		r.Type = boon.RewardFreeShipping
	case text == "gift":
		r.Type, r.SKU = boon.RewardGift, "GIFT"
		u.Gift = boon.Product{SKU: r.SKU}
	case strings.HasSuffix(text, "%"):
		r.Type, u.Level = boon.RewardPercentage, s.micros(strings.TrimSuffix(text, "%"))
	case strings.HasSuffix(text, "points"):
		r.Type, r.PointValue, u.Level = boon.RewardPoints, boon.Unit/100, s.micros(strings.TrimSuffix(text, "points"))
	default:
		r.Type, u.Level = boon.RewardFixed, s.micros(text)
	}
}

// stand puts an offer on the order before the plan is made, beside those that stand before it.
func (s *story) stand(u Use) {
	a, err := s.stack.One(u)
	if err != nil {
		s.Fatal(err)
	}
	s.stack.Carry(u.Offer, a)
}

// result tells a plan: each offer in the order of application, then what is left to pay.
func (s *story) result(p Plan) string {
	var b strings.Builder
	var total int64
	for _, v := range p.Verdicts {
		fmt.Fprintf(&b, "%s: %s\n", v.Offer, s.verdict(v))
		total += v.Applied.Total
	}
	var came, before int64
	for _, n := range newOrder(s.stack.Cart).came.lines {
		came += n
	}
	if s.stack.Left != nil {
		before = came + s.stack.Cart.Shipping - s.stack.Shipping
		for _, n := range s.stack.Left {
			before -= n
		}
	}
	fmt.Fprintf(&b, "to pay: %s\n", s.money(came+s.stack.Cart.Shipping-before-total))
	return b.String()
}

func (s *story) verdict(v Verdict) string {
	if v.Refusal != nil {
		return v.Refusal.Error()
	}
	a := v.Applied
	if a.Total == 0 && a.Points == 0 {
		return "given"
	}
	text := s.money(a.Total) + " off"
	var parts []string
	for _, l := range a.Lines {
		parts = append(parts, l.ID+" "+s.money(l.Minor))
	}
	if a.FreeShipping > 0 {
		parts = append(parts, "shipping "+s.money(a.FreeShipping))
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	if a.Points > 0 {
		text = fmt.Sprintf("%d points", a.Points)
	}
	return text
}

func (s *story) money(minor int64) string {
	return boon.Money{Minor: minor, Currency: s.stack.Cart.Currency}.Text()
}
