package engine

import (
	"fmt"
	"time"

	"boon"
	"boon/decide"
	"boon/feature"
	"boon/offer"
)

// templates compiles the messages of a release's offers.
func templates(b *boon.Bundle) (map[string]*offer.Template, error) {
	all := make(map[string]*offer.Template, len(b.Offers))
	for _, o := range b.Offers {
		t, err := offer.ParseMessage(o.Message)
		if err != nil {
			return nil, fmt.Errorf("offer %s: %w", o.ID, err)
		}
		all[o.ID] = t
	}
	return all, nil
}

// message is what the shopper reads of a pick. A name would have to come out of the contact vault, which only delivery opens, so it takes its default.
func (l *live) message(p boon.Pick, in *decide.Inputs) boon.Message {
	t := l.templates[p.Offer]
	if t == nil {
		return boon.Message{}
	}
	shop := &l.release.Bundle.Shop
	tokens := offer.Tokens{Value: p.Level.String(), Zone: l.zone}
	if p.Reward == boon.RewardFixed {
		tokens.Value = boon.Money{Minor: p.Level.Minor(shop.Currency), Currency: shop.Currency}.Text()
	}
	tokens.Shop.ID = shop.ID
	cart := &in.Request.Cart
	tokens.Cart.Total = boon.Money{Minor: feature.Merchandise(cart), Currency: cart.Currency}
	for i := range in.Products {
		if p := &in.Products[i]; p.SKU == in.Request.SKU {
			tokens.Product.Title = p.Title
		}
	}
	if p.Grant != nil {
		tokens.ExpiresAt, tokens.Code = p.Grant.ExpiresAt, p.Grant.Code
	}
	return t.Render(tokens)
}

func zone(name string) *time.Location {
	at, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return at
}
