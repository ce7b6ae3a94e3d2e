package publish

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"boon"
)

// Encode writes a bundle's canonical form: JSON with elements sorted by id. Equal bundles give equal bytes.
func Encode(b boon.Bundle) ([]byte, error) {
	b = sorted(b)
	return encodeJSON(b)
}

// ReleaseID names a bundle by its content, so the same bundle always is the same release.
func ReleaseID(body []byte) string { return boon.ContentID(boon.PrefixRelease, body) }

// Decode reads what Encode wrote. A field that this version does not know is an error: to drop it would be to change the policy.
func Decode(body []byte) (boon.Bundle, error) {
	var b boon.Bundle
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&b); err != nil {
		return boon.Bundle{}, fmt.Errorf("decode release: %w", err)
	}
	return b, nil
}

func encodeJSON(x any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // expressions are full of < and &
	if err := encoder.Encode(x); err != nil {
		return nil, fmt.Errorf("encode release: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// sorted is b in canonical order; the caller's slices are left alone.
func sorted(b boon.Bundle) boon.Bundle {
	b.Budgets, b.Campaigns, b.Placements = slices.Clone(b.Budgets), slices.Clone(b.Campaigns), slices.Clone(b.Placements)
	b.Offers, b.Triggers, b.Guardrails = slices.Clone(b.Offers), slices.Clone(b.Triggers), slices.Clone(b.Guardrails)
	b.Holdouts, b.Experiments = slices.Clone(b.Holdouts), slices.Clone(b.Experiments)
	b.Segments, b.Channels = slices.Clone(b.Segments), slices.Clone(b.Channels)
	for i := range b.Offers {
		b.Offers[i].Reward.Levels = slices.Clone(b.Offers[i].Reward.Levels)
	}
	canonical(&b)
	return b
}
