package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"time"

	"boon"
	"boon/engine"
	"boon/publish"
)

// call sends JSON through the API as a shop's server does. A problem comes back as *boon.Error.
func (st *stage) call(ctx context.Context, method, to string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("write request: %w", err)
	}
	return st.send(ctx, method, to, "application/json", body, out)
}

func (st *stage) send(ctx context.Context, method, to, media string, body []byte, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, "http://boon.local"+to, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	st.sent++
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", media)
	r.Header.Set("Idempotency-Key", fmt.Sprint("call-", st.sent))
	w := httptest.NewRecorder()
	st.handler.ServeHTTP(w, r)
	if w.Code >= http.StatusBadRequest {
		return refusal(w.Body.Bytes())
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
		return fmt.Errorf("read answer of %s: %w", to, err)
	}
	return nil
}

func refusal(body []byte) error {
	var p struct{ Type, Title, Detail, Field string }
	if err := json.Unmarshal(body, &p); err != nil || p.Type == "" {
		return fmt.Errorf("the engine answered: %s", bytes.TrimSpace(body))
	}
	if p.Detail == "" {
		p.Detail = p.Title
	}
	if p.Field != "" {
		p.Detail = p.Field + ": " + p.Detail
	}
	return &boon.Error{Reason: boon.Reason(path.Base(p.Type)), Detail: p.Detail, Field: p.Field}
}

// shelf sends what feeds say.
func (st *stage) shelf(ctx context.Context, s publish.Shelf) error {
	var stock, prices []map[string]any
	for sku, held := range s.Stock {
		row := map[string]any{"id": sku, "quantity": held.OnHand}
		if held.DailyDemand != nil {
			row["daily_demand"] = held.DailyDemand.String()
		}
		stock = append(stock, row)
	}
	for sku, minor := range s.Prices {
		st.prices[sku] = minor
		prices = append(prices, map[string]any{"id": sku, "price": st.money(minor)})
	}
	for sku, asked := range s.Competitors {
		for competitor, minor := range asked {
			prices = append(prices, map[string]any{"id": sku, "competitor": competitor, "competitor_price": st.money(minor)})
		}
	}
	if err := st.feed(ctx, "inventory", stock); err != nil {
		return err
	}
	return st.feed(ctx, "prices", prices)
}

// feed sends rows of a feed; one that is refused fails the whole.
func (st *stage) feed(ctx context.Context, kind string, rows []map[string]any) error {
	if len(rows) == 0 {
		return nil
	}
	var done engine.FeedReport
	if err := st.call(ctx, http.MethodPut, "/v1/"+kind+":batch", rows, &done); err != nil {
		return err
	}
	if len(done.Refusals) > 0 {
		bad := done.Refusals[0]
		return &boon.Error{Reason: bad.Reason, Detail: fmt.Sprintf("%s: %v", bad.Detail, rows[bad.Line-1]), Field: bad.Field}
	}
	return nil
}

// identify says what the shopper is like, and what they chose.
func (st *stage) identify(ctx context.Context, s publish.Shopper) error {
	traits := map[string]any{}
	for name, value := range s.Traits {
		traits[name] = value
	}
	for purpose, given := range s.Consent {
		traits["consent_"+purpose] = given
	}
	if s.Email != "" {
		traits["email"] = s.Email
	}
	if len(traits) == 0 {
		return nil
	}
	return st.message(ctx, "/v1/identify", map[string]any{"traits": traits})
}

// track sends one event.
func (st *stage) track(ctx context.Context, e publish.Event) error {
	properties := map[string]any{}
	if e.SKU != "" {
		line, err := st.suite.goods.priced(publish.CartLine{SKU: e.SKU, Quantity: 1}, st.prices, st.bundle.Shop.Currency)
		if _, told := e.Properties["price"]; err != nil && !told {
			return err
		}
		properties = product(line)
	}
	if e.Order != "" {
		properties["order_id"] = e.Order
	}
	if len(e.Cart.Lines) > 0 {
		if err := st.ordered(e.Cart, properties); err != nil {
			return err
		}
	}
	for name, value := range e.Properties {
		properties[name] = value
	}
	return st.message(ctx, "/v1/track", map[string]any{"event": e.Name, "properties": properties})
}

// ordered writes a cart as Segment's Ecommerce spec does.
func (st *stage) ordered(c publish.Cart, into map[string]any) error {
	var products []map[string]any
	total := c.Shipping
	for _, l := range c.Lines {
		l, err := st.suite.goods.priced(l, st.prices, st.bundle.Shop.Currency)
		if err != nil {
			return err
		}
		products = append(products, product(l))
		total += l.Price.Times(l.Quantity, st.bundle.Shop.Currency)
	}
	into["products"], into["total"], into["shipping"] = products, st.money(total), st.money(c.Shipping)
	if len(c.Coupons) > 0 {
		into["coupons"] = c.Coupons
	}
	return nil
}

func product(l publish.CartLine) map[string]any {
	p := map[string]any{"sku": l.SKU, "price": l.Price.String(), "quantity": l.Quantity}
	if l.Category != "" {
		p["category"] = l.Category
	}
	if l.ListPrice > 0 {
		p["list_price"] = l.ListPrice.String()
	}
	if len(l.Discounts) > 0 {
		p["discounts"] = l.Discounts
	}
	return p
}

// message sends one call of the shopper's and applies it.
func (st *stage) message(ctx context.Context, to string, body map[string]any) error {
	c := st.scenario.Given.Shopper.Context
	body["userId"], body["messageId"] = st.user, fmt.Sprint("message-", st.sent+1)
	body["timestamp"] = st.clock.at.UTC().Format(time.RFC3339Nano)
	context := map[string]any{"timezone": c.Timezone, "location": map[string]any{"country": c.Country}, "device": map[string]any{"type": c.Device}}
	if c.Channel != "" {
		context["channel"] = c.Channel
	}
	body["context"] = context
	if err := st.call(ctx, http.MethodPost, to, body, nil); err != nil {
		return err
	}
	return st.engine.CatchUp(ctx)
}

// cart is a cart as a decision or a code takes it. A line's id is its SKU, and from the second of one SKU on with its number.
func (st *stage) cart(c publish.Cart) (map[string]any, error) {
	var lines []map[string]any
	seen := map[string]int{}
	for _, l := range c.Lines {
		l, err := st.suite.goods.priced(l, st.prices, st.bundle.Shop.Currency)
		if err != nil {
			return nil, err
		}
		line := map[string]any{"id": l.SKU, "sku": l.SKU, "quantity": l.Quantity, "price": l.Price.String(), "category": l.Category, "discounts": l.Discounts}
		if seen[l.SKU]++; seen[l.SKU] > 1 {
			line["id"] = fmt.Sprintf("%s#%d", l.SKU, seen[l.SKU])
		}
		if l.ListPrice > 0 {
			line["listPrice"] = l.ListPrice.String()
		}
		lines = append(lines, line)
	}
	return map[string]any{"lines": lines, "shipping": st.money(c.Shipping), "coupons": c.Coupons}, nil
}

func (st *stage) money(minor int64) string {
	return boon.Money{Minor: minor, Currency: st.bundle.Shop.Currency}.Text()
}
