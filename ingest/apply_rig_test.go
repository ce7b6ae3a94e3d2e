package ingest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"boon"
	"boon/catalog"
	"boon/feature"
	"boon/identity"
	"boon/internal/rule"
	"boon/memory"
	"boon/trigger"
)

// disk is an online store whose last writes may be lost: what was committed after the last durable commit goes in a power cut.
type disk struct {
	commits [][]boon.Write
	synced  int
	now     map[string][]byte
	fail    func(writes []boon.Write, durable bool) bool // true: this commit fails
}

func (d *disk) Get(_ context.Context, key []byte) ([]byte, error) { return d.now[string(key)], nil }

func (d *disk) Scan(_ context.Context, prefix, from []byte, fn func(key, value []byte) bool) error {
	var keys []string
	for k := range d.now {
		if strings.HasPrefix(k, string(prefix)) && k >= string(from) {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	for _, k := range keys {
		if !fn([]byte(k), d.now[k]) {
			return nil
		}
	}
	return nil
}

func (d *disk) Commit(_ context.Context, writes []boon.Write, durable bool) error {
	if d.fail != nil && d.fail(writes, durable) {
		return errDown
	}
	d.commits = append(d.commits, slices.Clone(writes))
	if durable {
		d.synced = len(d.commits)
	}
	d.apply(writes)
	return nil
}

func (d *disk) apply(writes []boon.Write) {
	for _, w := range writes {
		if w.Value == nil {
			delete(d.now, string(w.Key))
		} else {
			d.now[string(w.Key)] = bytes.Clone(w.Value)
		}
	}
}

// powerCut loses up to n commits that nothing made durable.
func (d *disk) powerCut(n int) {
	d.commits = d.commits[:max(d.synced, len(d.commits)-n)]
	d.now = map[string][]byte{}
	for _, writes := range d.commits {
		d.apply(writes)
	}
}

// dump is all that is stored, for comparison.
func (d *disk) dump() string {
	var out strings.Builder
	keys := make([]string, 0, len(d.now))
	for k := range d.now {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		fmt.Fprintf(&out, "%q %x\n", k, d.now[k])
	}
	return out.String()
}

// till is a system of record: grants, orders that were settled, and what was decided, all in one transaction with the watermark.
type till struct {
	mark    boon.Position
	grants  []boon.Grant
	orders  map[string]bool
	log     []string
	fail    func() bool // true: this transaction does not commit
	batches int
}

func (t *till) Watermark(context.Context, uint32) (boon.Position, error) { return t.mark, nil }

func (t *till) Batch(_ context.Context, _ uint32, upto boon.Position, fn func(Session) error) error {
	tx := &till{grants: slices.Clone(t.grants), orders: map[string]bool{}, log: slices.Clone(t.log)}
	for id := range t.orders {
		tx.orders[id] = true
	}
	if err := fn(tx); err != nil {
		return err
	}
	if t.fail != nil && t.fail() {
		return errDown
	}
	t.mark, t.grants, t.orders, t.log = upto, tx.grants, tx.orders, tx.log
	t.batches++
	return nil
}

func (t *till) Sweep(_ context.Context, now time.Time) (next time.Time, err error) {
	for i := range t.grants {
		switch g := &t.grants[i]; {
		case g.State != boon.StateIssued:
		case !g.ExpiresAt.After(now):
			g.State = boon.StateExpired
			t.log = append(t.log, fmt.Sprintf("expire %s at %s", g.ID, g.ExpiresAt.Format(time.TimeOnly)))
		case next.IsZero() || g.ExpiresAt.Before(next):
			next = g.ExpiresAt
		}
	}
	return next, nil
}

func (t *till) Settle(_ context.Context, owners []boon.Identifier, e boon.Event) (done Settlement, err error) {
	if e.Order == nil || e.Name != boon.OrderCompleted || t.orders[e.Order.ID] {
		done.Ignored = e.Order != nil && e.Name == boon.OrderCompleted
		return done, nil
	}
	t.orders[e.Order.ID] = true
	for i := range t.grants {
		if g := &t.grants[i]; g.State == boon.StateIssued && slices.Contains(owners, g.Owner) {
			g.State = boon.StateRedeemed
			done.Redeemed = append(done.Redeemed, Redeemed{g.Offer, g.Level})
			break
		}
	}
	t.log = append(t.log, fmt.Sprintf("settle %s %v", e.Order.ID, done.Redeemed))
	return done, nil
}

// Decide offers something that lives for two hours, or shows again what its owner holds. Its body tells everything it could see.
func (t *till) Decide(ctx context.Context, r boon.Request, view *View) (Decided, error) {
	owner := r.Identifiers[0]
	profile, err := view.Component(ctx, r.Identifiers, false)
	if err != nil {
		return Decided{}, err
	}
	p, err := view.Person(ctx, owner)
	if err != nil {
		return Decided{}, err
	}
	pick := boon.Pick{Placement: "app", Outcome: boon.OutcomeOffer, Offer: "ten", Level: 10 * boon.Unit}
	held := slices.IndexFunc(t.grants, func(g boon.Grant) bool { return g.Owner == owner && g.State == boon.StateIssued })
	switch {
	case r.Trigger == "abandoned":
		pick = boon.Pick{Placement: "app", Outcome: boon.OutcomeNudge, Offer: "come-back"}
	case held >= 0:
		pick.Live, pick.Grant = true, &t.grants[held]
	default:
		g := boon.Grant{ID: "grant-" + r.ID, Offer: "ten", Level: pick.Level, Owner: owner, State: boon.StateIssued, IssuedAt: r.At, ExpiresAt: r.At.Add(2 * time.Hour)}
		t.grants = append(t.grants, g)
		pick.Grant = &g
	}
	d := boon.Decision{ID: r.ID, At: r.At, ProfileID: profile.ProfileID, Picks: []boon.Pick{pick}}
	t.log = append(t.log, fmt.Sprintf("decide %s live %v", r.ID, pick.Live))
	sales, err := view.sales(ctx, "tea")
	if err != nil {
		return Decided{}, err
	}
	body, err := json.Marshal(kept{d, view.Rates().ID, view.Cuts(), p.Encode(), sales, r})
	return Decided{d, body}, err
}

// kept is the record of a decision here.
type kept struct {
	Decision boon.Decision
	Rates    string
	Cuts     feature.Cuts
	Person   []byte
	Sales    catalog.Sales // of tea
	Request  boon.Request
}

// rig is an applier with a log before it and stores behind it.
type rig struct {
	log   *memory.Store
	disk  *disk
	till  *till
	rules *Rules
	*Applier
	virtual bool
	epoch   time.Duration // zero: 3 hours
	sent    int
}

// bounds compare plans offer by offer, and countries campaign by campaign.
var bounds = []boon.Fairness{
	{ID: "plans", By: boon.Attribute{Trait: "plan"}, Groups: []string{"gold", "none"}, Covers: boon.Covers{Kind: "offer"}, Over: 24 * time.Hour},
	{ID: "lands", By: boon.Attribute{Context: "country"}, Groups: []string{"DE", "FR"}, Covers: boon.Covers{Kind: "campaign", IDs: []string{"spring"}}, Over: 24 * time.Hour},
}

func newRig(t testing.TB, virtual bool) *rig {
	t.Helper()
	env, err := rule.NewEnv(feature.Fields(), nil)
	if err != nil {
		t.Fatal(err)
	}
	machine, err := trigger.Compile(env, []boon.Trigger{
		{ID: "keen", When: boon.Pattern{Event: boon.ProductViewed, Count: 2, Within: time.Hour}, Cooldown: 30 * time.Minute, Quiet: boon.QuietDefer},
		{ID: "abandoned", When: boon.Pattern{Event: boon.CheckoutStarted, Absent: &boon.Absence{Event: boon.OrderCompleted, For: 30 * time.Minute}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	shop := boon.Shop{ID: "shop", Currency: "USD", Timezone: "UTC", Regime: map[string]string{"default": "opt-out"}, Horizon: 6 * time.Hour}
	r := &rig{log: memory.NewStore(1), disk: &disk{now: map[string][]byte{}}, till: &till{orders: map[string]bool{}}, virtual: virtual,
		rules: &Rules{Shop: shop, Identity: identity.RulesOf(shop.Identity), Triggers: machine, Placements: map[string][]string{"keen": {"app"}, "abandoned": {"app"}}, Fairness: bounds, Campaigns: map[string]string{"ten": "spring"}}}
	r.restart(t)
	return r
}

// Open implements Opener: this log is not sealed.
func (r *rig) Open(_ context.Context, _ boon.Identifier, sealed []byte) ([]byte, error) {
	return sealed, nil
}

// quiet lets both triggers reach people by push alone, and not from a time of day to another.
func (r *rig) quiet(from, to time.Duration) *rig {
	r.rules.Quiet = &boon.QuietHours{From: from, To: to}
	r.rules.Deferred = map[string][]string{"keen": {"push"}, "abandoned": {"push"}}
	return r
}

// restart is a new process on what is stored.
func (r *rig) restart(t testing.TB) {
	t.Helper()
	r.Applier = &Applier{Tail: r.log, Opener: r, Store: r.disk, Money: r.till, Recall: r.recall, Virtual: r.virtual, Epoch: cmp.Or(r.epoch, 3*time.Hour), Rules: func() *Rules { return r.rules }}
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) recall(_ context.Context, id string) (Decided, bool, error) {
	body, err := ReadRecord(id, func(key []byte) ([]byte, error) { return r.disk.now[string(key)], nil })
	if err != nil || body == nil {
		return Decided{}, false, err
	}
	var k kept
	err = json.Unmarshal(body, &k)
	return Decided{k.Decision, body}, true, err
}

func (r *rig) send(t testing.TB, events ...boon.Event) {
	t.Helper()
	for _, e := range events {
		if r.sent++; e.MessageID == "" {
			e.MessageID = fmt.Sprintf("m%d", r.sent)
		}
		if e.Kind == 0 {
			e.Kind = boon.KindTrack
		}
		entry := boon.LogEntry{MessageID: e.MessageID, Owner: e.Owner, Received: receipt, Payload: Encode(e)}
		if _, err := r.log.Append(context.Background(), []boon.LogEntry{entry}, receipt, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// drain applies everything in batches of the sizes given, the last one again and again.
func (r *rig) drain(sizes ...int) error {
	for i := 0; ; i++ {
		n, err := r.Step(context.Background(), sizes[min(i, len(sizes)-1)])
		if err != nil || n == 0 {
			return err
		}
	}
}

func (r *rig) mustDrain(t testing.TB, sizes ...int) {
	t.Helper()
	if err := r.drain(sizes...); err != nil {
		t.Fatal(err)
	}
}

// outcome is everything that a run leaves behind.
func (r *rig) outcome() string { return r.disk.dump() + strings.Join(r.till.log, "\n") }

func (r *rig) who(t testing.TB, id boon.Identifier) *Person {
	t.Helper()
	p, err := loadPerson(context.Background(), r.disk, id, true)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var (
	ann   = boon.Identifier{Namespace: boon.NamespaceAnonymous, Hash: [16]byte{1}}
	bob   = boon.Identifier{Namespace: boon.NamespaceAnonymous, Hash: [16]byte{2}}
	user  = boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{3}}
	other = boon.Identifier{Namespace: boon.NamespaceUser, Hash: [16]byte{4}}
)

// at is a track event minutes after the beginning.
func at(minute int, owner boon.Identifier, name string) boon.Event {
	return boon.Event{Name: name, Owner: owner, Time: receipt.Add(time.Duration(minute) * time.Minute), Received: receipt, SKU: "tea", Verified: true}
}

func order(minute int, owner boon.Identifier, id string) boon.Event {
	e := at(minute, owner, boon.OrderCompleted)
	e.SKU, e.Order = "", &boon.Order{ID: id, Currency: "USD", Total: 2000, Lines: []boon.Line{{ID: "l", SKU: "tea", Category: "TEA", Quantity: 1, Price: 20 * boon.Unit}}}
	return e
}

func ownKind(minute int, kind boon.Kind, owner boon.Identifier, linked ...boon.Identifier) boon.Event {
	return boon.Event{Kind: kind, Owner: owner, Linked: linked, Verified: true, Time: receipt.Add(time.Duration(minute) * time.Minute)}
}
