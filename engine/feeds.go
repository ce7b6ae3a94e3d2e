package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"boon"
	"boon/api"
	"boon/catalog"
)

// FeedReport says what became of a feed's rows.
type FeedReport = api.Loaded

// feeds serves the catalogue's bulk files.
type feeds struct{ e *Engine }

// Load implements api.Catalogue. What it loads is in the next decision.
func (f feeds) Load(ctx context.Context, feed api.Feed) (api.Loaded, error) {
	format, body := catalog.Format(feed.Format), feed.Body
	if feed.Format == "json" {
		var err error
		if body, err = lineByLine(feed.Body); err != nil {
			return api.Loaded{}, err
		}
		format = catalog.JSONL
	}
	return f.e.loadFeed(ctx, feed.Kind, format, body)
}

// lineByLine turns a JSON array into JSON lines, so that a row's number is its place in the array.
func lineByLine(r io.Reader) (io.Reader, error) {
	var rows []json.RawMessage
	if err := json.NewDecoder(r).Decode(&rows); err != nil {
		return nil, boon.Invalid("", "A JSON feed is an array of objects, a row each, such as [{\"sku\": \"A1\"}].")
	}
	var out bytes.Buffer
	for _, row := range rows {
		if err := json.Compact(&out, row); err != nil {
			return nil, boon.Invalid("", "a JSON feed is an array of objects: %s", err)
		}
		out.WriteByte('\n')
	}
	return &out, nil
}

// LoadProducts loads a product file (CSV, TSV, JSON lines; .gz too).
func (e *Engine) LoadProducts(ctx context.Context, path string) (FeedReport, error) {
	return e.loadFile(ctx, "products", path)
}

// LoadStock loads an inventory file.
func (e *Engine) LoadStock(ctx context.Context, path string) (FeedReport, error) {
	return e.loadFile(ctx, "inventory", path)
}

// LoadPrices loads a price file, competitors' prices too.
func (e *Engine) LoadPrices(ctx context.Context, path string) (FeedReport, error) {
	return e.loadFile(ctx, "prices", path)
}

func (e *Engine) loadFile(ctx context.Context, kind, path string) (FeedReport, error) {
	in, _, err := openEvents(path)
	if err != nil {
		return FeedReport{}, err
	}
	defer in.Close()
	report, err := e.loadFeed(ctx, kind, catalog.Sniff(filepath.Base(path), nil), in)
	if err != nil {
		return report, fmt.Errorf("%s: %w", path, err)
	}
	return report, nil
}

// shelfBatch is how many rows become visible at once.
const shelfBatch = 1000

func (e *Engine) loadFeed(ctx context.Context, kind string, format catalog.Format, r io.Reader) (FeedReport, error) {
	currency := e.live.Load().release.Bundle.Shop.Currency
	rows, now := &shelving{e: e, ctx: ctx}, e.config.Now().UTC()
	var report catalog.Report
	var err error
	switch kind {
	case "products":
		report, err = catalog.Read(r, format, currency, func(_ int, p boon.Product) error { return rows.put(p.SKU, replaced(p)) })
	case "inventory":
		report, err = catalog.ReadInventory(r, format, now, func(_ int, sku string, s boon.Stock) error { return rows.put(sku, stocked(s)) })
	case "prices":
		report, err = catalog.ReadPrices(r, format, currency, now, func(_ int, p catalog.Price) error { return rows.put(p.SKU, rows.priced(p, currency)) })
	default:
		return FeedReport{}, boon.Invalid("kind", "there is no feed of %q", kind)
	}
	if err == nil {
		err = rows.flush()
	}
	e.awaitOthers(ctx, rows.place)
	out := reported(report)
	out.Told, out.Untold, out.Late = rows.told, rows.untold, rows.late
	return out, err
}

func reported(r catalog.Report) FeedReport {
	out := FeedReport{Read: r.Read, Accepted: r.Loaded, Refused: len(r.Refusals), Refusals: []api.RefusedEntry{}}
	for _, refusal := range r.Refusals {
		out.Refusals = append(out.Refusals, api.RefusedEntry{Line: refusal.Line, Reason: refusal.Reason, Detail: refusal.Detail, Field: refusal.Field})
	}
	return out
}
