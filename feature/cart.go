package feature

import (
	"cmp"
	"slices"
	"strings"

	"boon"
)

// Cart is the last cart seen whole, in the shop's currency. An order empties it, and so does a view of it with nothing in it.
type Cart struct {
	At       int64
	Total    int64 // merchandise, without shipping
	Lines    int64
	Category string // of the line that costs most
}

// Move is units of a product that went into the cart, or with Units below 0 out of it. Equal moves are two moves.
type Move struct {
	At       int64
	SKU      string
	Units    int64
	Amount   int64 // of all the units, minor units of the shop's currency, never below 0
	Category string
}

func compareMove(a, b Move) int {
	return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.SKU, b.SKU), cmp.Compare(a.Units, b.Units), cmp.Compare(a.Amount, b.Amount), strings.Compare(a.Category, b.Category))
}

// seeCart takes in a cart that an event tells whole; a checkout without lines and total tells nothing of it.
func (s *State) seeCart(m Meaning, o *boon.Order, ms int64, currency boon.Currency) {
	if m != CartViews && len(o.Lines) == 0 && o.Total == 0 {
		return
	}
	cart := Cart{At: ms, Lines: int64(len(o.Lines)), Category: clip(dearestCategory(o), 128)}
	if o.Currency == currency || o.Currency == "" {
		cart.Total = Merchandise(o)
	}
	s.tellCart(cart)
}

// tellCart keeps the later cart, and of the moves those that came after it.
func (s *State) tellCart(c Cart) {
	s.Cart.tell(c)
	s.Moves = slices.DeleteFunc(s.Moves, func(m Move) bool { return m.At <= s.Cart.At })
	if len(s.Moves) == 0 {
		s.Moves = nil
	}
}

// moveLines takes in what was put into the cart, or with sign -1 taken out.
func (s *State) moveLines(o *boon.Order, ms int64, currency boon.Currency, sign int64) {
	for i := range o.Lines {
		l := &o.Lines[i]
		m := Move{At: ms, SKU: clip(l.SKU, 128), Units: sign * l.Quantity, Category: clip(l.Category, 128)}
		if o.Currency == currency || o.Currency == "" {
			m.Amount = l.Amount(currency)
		}
		s.move(m)
	}
}

func (s *State) move(m Move) {
	if m.At <= s.Cart.At || m.Units == 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(s.Moves, m, compareMove)
	s.Moves = insert(s.Moves, at, m, keepMoves)
}

// cart is the last cart seen whole with what was moved since. What nobody touched for cartDays before the last touch is no longer in it.
func (s *State) cart() Cart {
	if len(s.Moves) == 0 {
		return s.Cart
	}
	c, moves := s.Cart, s.Moves
	last := moves[len(moves)-1].At
	oldest := last - cartDays*dayMillis
	if c.At < oldest {
		c = Cart{}
	}
	for moves[0].At < oldest {
		moves = moves[1:]
	}
	c.At = last
	var most int64
	for i := range moves {
		if !slices.ContainsFunc(moves[:i], func(m Move) bool { return m.SKU == moves[i].SKU }) {
			most = c.take(moves[i].SKU, moves[i:], most)
		}
	}
	if c.Lines = max(c.Lines, 0); c.Lines == 0 {
		return Cart{At: last}
	}
	c.Total = max(c.Total, 0)
	return c
}

// take brings the moves of one SKU into the cart. What was put in and taken out again leaves nothing, priced or not; of the rest what went out came
// from the cart seen whole. most is the amount of the dearest product put in so far.
func (c *Cart) take(sku string, moves []Move, most int64) int64 {
	var in, out Move
	for _, m := range moves {
		switch {
		case m.SKU != sku:
		case m.Units > 0:
			in.Units, in.Amount, in.Category = in.Units+m.Units, in.Amount+m.Amount, m.Category
		default:
			out.Units, out.Amount = out.Units-m.Units, out.Amount+m.Amount
		}
	}
	switch left := in.Units - out.Units; {
	case left > 0:
		amount := boon.MulDiv(in.Amount, left, in.Units)
		c.Total, c.Lines = c.Total+amount, c.Lines+1
		if amount > most && (amount > c.Total-amount || c.Category == "" || most > 0) {
			most, c.Category = amount, in.Category
		}
	case left < 0:
		c.Total, c.Lines = c.Total-boon.MulDiv(out.Amount, -left, out.Units), c.Lines-1
	}
	return most
}

// left is how many units of a product the moves put in, less what they took out.
func (s *State) left(sku string) (units int64) {
	for i := range s.Moves {
		if s.Moves[i].SKU == sku {
			units += s.Moves[i].Units
		}
	}
	return units
}
