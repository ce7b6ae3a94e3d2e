package ingest

import (
	"encoding/json"

	"boon"
)

// Which members do not stay in Rest since they are typed fields of the event, or of use to the transport only.

func dropsRoot(key string) bool {
	switch key {
	case "type", "messageId", "userId", "anonymousId", "previousId", "event", "name", "writeKey", "channel", "version",
		"timestamp", "originalTimestamp", "sentAt", "receivedAt", "integrations", "_metadata", "clamped":
		return true
	}
	return personalField(key) != ""
}

func (n *normaliser) dropsProperty(key string) bool {
	if n.m.Kind != boon.KindTrack {
		return false
	}
	switch key {
	case "decisionId", "decision_id", "offer_id", "offerId", "promotion_id", "coupon":
		return true
	case "query":
		return n.event.Query != ""
	case "order_id", "orderId", "currency", "total", "value", "revenue", "shipping", "tax", "discount", "coupons":
		return n.orderly
	}
	return n.event.SKU != "" && dropsProduct(key)
}

func dropsProduct(key string) bool {
	switch key {
	case "sku", "product_id", "line_id", "category", "price", "list_price", "quantity", "discount", "coupon_discount", "coupon", "discounts", "tax":
		return true
	}
	return false
}

// dropsContext: traits of the context are the shopper's, so what is left of them may stay; the rest of this list became fields of Context.
func (n *normaliser) dropsContext(key string) bool {
	switch key {
	case "channel", "timezone", "locale", "gpc":
		return true
	case "store":
		return n.event.Context.Store != ""
	case "consent":
		return len(n.event.Choices) > 0
	}
	return false
}

func (n *normaliser) dropsTrait(key string, v value) bool {
	if key == "name" {
		return true
	}
	if n.m.Kind != boon.KindIdentify {
		return false
	}
	_, typed := n.event.Traits[key]
	return typed || key == "consent" || traitConsent(key) != nil
}

func appendJSON(buf []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return append(buf, `""`...)
	}
	return append(buf, quoted...)
}
