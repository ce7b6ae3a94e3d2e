package engine

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"boon"
	"boon/api"
	"boon/redeem/batch"

	"github.com/prometheus/client_golang/prometheus"
)

// Handler is the whole HTTP API on this engine.
func (e *Engine) Handler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(e.delays)
	return api.New(api.Config{Version: e.config.Version, Now: e.config.Now, TokenKey: e.secrets.token, Log: e.config.Log, From: batch.From, Registry: registry}, api.Ports{
		Keys:        keys{e},
		KeyRing:     keys{e},
		Approvals:   approvals{e},
		Hasher:      identifiers{e},
		Links:       links{e},
		Events:      events{e},
		Asides:      asides{e},
		Decisions:   decisions{e},
		Wallets:     wallets{e},
		Checkout:    checkout{e},
		Validator:   checkout{e},
		Codes:       codes{e},
		Catalogue:   feeds{e},
		Releases:    configuration{e},
		Profiles:    profiles{e},
		Ledger:      books{e},
		Audit:       audits{e},
		Shop:        storefront{e},
		Flags:       storefront{e},
		Experiments: storefront{e},
		Stream:      e.stream,
		Operations:  operations{e},
		Pauses:      stops{e},
		Alarms:      stops{e},
		Reports:     fairness{e},
		Overrides:   overrides{e},
		Holds:       overrides{e},
		Whys:        decisions{e},
	})
}

// storefront serves what the API must know of the shop.
type storefront struct{ e *Engine }

// Shop implements api.Shop.
func (s storefront) Shop() boon.Shop { return s.e.live.Load().release.Bundle.Shop }

// Experiments implements api.Experiments.
func (s storefront) Experiments() []boon.Experiment {
	return s.e.live.Load().release.Bundle.Experiments
}

// Flags implements api.Flags.
func (s storefront) Flags() (placements, experiments []string) {
	b := &s.e.live.Load().release.Bundle
	for _, p := range b.Placements {
		placements = append(placements, p.ID)
	}
	for _, x := range b.Experiments {
		experiments = append(experiments, x.ID)
	}
	return placements, experiments
}

// operations tells how the engine is.
type operations struct{ e *Engine }

// Ready implements api.Operations.
func (o operations) Ready(ctx context.Context) (note string, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	if _, err := o.e.store.Get(ctx, []byte("ready")); err != nil {
		return "", fmt.Errorf("%w: %w", boon.Refuse(boon.ReasonUnavailable, "The online store does not answer."), err)
	}
	if _, err := o.e.book.Setting(ctx, "ready"); err != nil {
		return "", fmt.Errorf("%w: %w", boon.Refuse(boon.ReasonUnavailable, "The system of record does not answer; events are still accepted."), err)
	}
	if stale := o.e.others.stale.Load(); stale != nil {
		return fmt.Sprintf("The release %s is live elsewhere and does not compile here; %s stays in force.", *stale, o.e.live.Load().release.ID), nil
	}
	return "", nil
}

// readyPatience is how long a store may take to answer before it counts as away.
const readyPatience = 2 * time.Second

// Gauges implements api.Operations.
func (o operations) Gauges() api.Gauges {
	return api.Gauges{
		ApplyLag: int64(o.e.store.Last(0)) - o.e.applied.Load() + o.e.parking.waiting.Load(),
		LeftOut:  o.e.stream.left.Load(),
		Merges:   o.e.store.Merges(),
	}
}

// Backup implements api.Operations.
func (o operations) Backup(ctx context.Context, w io.Writer, withoutKey bool) error {
	_, err := o.e.Backup(ctx, w, withoutKey)
	return err
}
