package ingest

import (
	"fmt"
	"time"

	"boon"
	"boon/feature"
	"boon/internal/wire"
	"boon/model"
)

// Whole is what is kept about all people together: who the average shopper is, what offers did, and how many decisions there were.
type Whole struct {
	Population feature.Population
	Tally      model.Tally
	Outcomes   Outcomes
	Epoch      Epoch

	moved   bool            // the population is not as stored
	counted map[string]bool // offers whose tally is not as stored
}

// Outcomes counts decisions.
type Outcomes struct {
	Total   int64 `json:"total"`
	Offer   int64 `json:"offer"`
	Nudge   int64 `json:"nudge"`
	None    int64 `json:"none"`
	Holdout int64 `json:"holdout"`
}

// add counts one decision.
func (o *Outcomes) add(outcome boon.Outcome) {
	o.Total++
	switch outcome {
	case boon.OutcomeOffer:
		o.Offer++
	case boon.OutcomeNudge:
		o.Nudge++
	case boon.OutcomeHoldout:
		o.Holdout++
	default:
		o.None++
	}
}

// Epoch is the stretch of time whose decisions share frozen rates and quintiles. It begins at the first event past the end of the one before,
// and live as soon as that one is outgrown.
type Epoch struct {
	Start time.Time
	Rates string // id of the blob
	Cuts  feature.Cuts
}

// outgrown reports whether there are a tenth more orders than the epoch's cuts know: a young shop learns what is usual as it grows, not by the clock.
func (w *Whole) outgrown() bool {
	known, now := w.Epoch.Cuts.Orders.Count, w.Population.Orders()
	return now > known && (now-known)*10 >= known
}

// wholeVersion 2 added what is usual for an order to the epoch's cuts; 3 left the population and the tally to parts of their own.
const wholeVersion = 3

// Encode is the stored form, but for the population and the tally.
func (w *Whole) Encode() []byte {
	out := wire.Writer{Buf: make([]byte, 0, 512)}
	out.Byte(wholeVersion)
	for _, n := range []int64{w.Outcomes.Total, w.Outcomes.Offer, w.Outcomes.Nudge, w.Outcomes.None, w.Outcomes.Holdout} {
		out.Int(n)
	}
	out.Time(w.Epoch.Start)
	out.String(w.Epoch.Rates)
	putCuts(&out, &w.Epoch.Cuts)
	return out.Buf
}

func putCuts(w *wire.Writer, c *feature.Cuts) {
	w.Int(c.Profiles)
	w.Int(c.CycleDays)
	for _, q := range []feature.Quintiles{c.Recency, c.Frequency, c.Monetary} {
		for _, n := range q {
			w.Int(n)
		}
	}
	w.Int(c.Orders.Count)
	w.Int(c.Orders.Shipped)
	w.Int(c.Orders.Shipping)
	for _, n := range c.Orders.Values {
		w.Int(n)
	}
}

func takeCuts(r *wire.Reader, version byte) (c feature.Cuts) {
	c.Profiles, c.CycleDays = r.Int(), r.Int()
	for _, q := range []*feature.Quintiles{&c.Recency, &c.Frequency, &c.Monetary} {
		for i := range q {
			q[i] = r.Int()
		}
	}
	if version >= 2 {
		c.Orders.Count, c.Orders.Shipped, c.Orders.Shipping = r.Int(), r.Int(), r.Int()
		for i := range c.Orders.Values {
			c.Orders.Values[i] = r.Int()
		}
	}
	return c
}

// DecodeWhole reads what Encode wrote, in this version or an older one; no bytes are an empty Whole.
func DecodeWhole(data []byte) (*Whole, error) {
	w := &Whole{Population: feature.NewPopulation(), counted: map[string]bool{}}
	if len(data) == 0 {
		return w, nil
	}
	r := wire.NewReader(data)
	v := r.Byte()
	if v < 1 || v > wholeVersion {
		return nil, fmt.Errorf("decode whole: unknown version %d", v)
	}
	if v < 3 {
		if err := w.takeParts(r); err != nil {
			return nil, err
		}
	}
	for _, n := range []*int64{&w.Outcomes.Total, &w.Outcomes.Offer, &w.Outcomes.Nudge, &w.Outcomes.None, &w.Outcomes.Holdout} {
		*n = r.Int()
	}
	w.Epoch = Epoch{r.Time(), r.String(), takeCuts(r, v)}
	if r.Err() != nil {
		return nil, fmt.Errorf("decode whole: %w", r.Err())
	}
	return w, nil
}

// takeParts reads what older versions stored inside; it is stored apart from now on.
func (w *Whole) takeParts(r *wire.Reader) (err error) {
	if w.Population, err = feature.DecodePopulation(r.Bytes()); err != nil {
		return fmt.Errorf("decode population: %w", err)
	}
	if w.Tally, err = model.DecodeTally(r.Bytes()); err != nil {
		return fmt.Errorf("decode tally: %w", err)
	}
	w.moved = true
	for offer := range w.Tally.Offers() {
		w.counted[offer] = true
	}
	return nil
}
