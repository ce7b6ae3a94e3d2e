package feature

import "boon"

// Bounds of a State; see the package comment, 2.
const (
	keepDays      = 730
	keepInterests = 256
	keepPurchases = 64
	keepTraits    = 64
	keepReturns   = 16
	keepReceipts  = 16
	keepMoves     = 32
	cartDays      = 30 // what lies in a cart untouched for so long is no longer in it
	bucketDays    = 28 // of an interest bucket

	dayMillis  = 24 * 60 * 60 * 1000
	slotMillis = 15 * 60 * 1000 // narrower than the gap that ends a session, so that no gap hides within a slot
	keepSlots  = 24
	gapMillis  = 30 * 60 * 1000
)

// State is what is known of one identifier, or of one profile: the Merge of its identifiers' states. Instants are Unix milliseconds (0: never),
// days are Unix days in UTC, money is minor units of the shop's currency. Change it with Fold and Merge only.
type State struct {
	First, Last  int64 // event
	LastOrderDay int64 // 0: none
	Counts       [meanings]int64
	Revenue      int64 // of all orders, net of discounts, before shipping and tax
	Discount     int64
	Refunded     int64
	Units        int64

	Days      []Day      // ascending by Number
	Interests []Interest // ascending by (Category, Bucket)
	Purchases []Purchase // ascending by (Day, SKU)
	Slots     []Slot     // ascending by Number

	Channel, Device, Country, Region, Timezone, Store Register
	Fraud, Tags                                       Register
	Cart                                              Cart
	Traits                                            []Trait   // ascending by Name
	Returns                                           []Trait   // by order id; Value is "open" or "done"
	Receipts                                          []Receipt // of the latest orders, ascending by (At, Value, Shipping)
	Moves                                             []Move    // into and out of the cart since Cart, ascending by compareMove
	Looked                                            Register  // SKU of the product viewed last
}

// Day is what happened on one day. Active has a bit for each half-hour of the day (UTC) with an event.
type Day struct {
	Number       int64
	Active       uint64
	Orders       int64
	CouponOrders int64
	Units        int64
	Revenue      int64
	Discount     int64
	Refunded     int64
}

// Interest is the points that a category earned in one bucket of 28 days: 1 a view, 3 an add to cart, 5 a purchased line.
type Interest struct {
	Bucket   int64
	Category string
	Points   int64
}

// Purchase is the units of a SKU bought on one day.
type Purchase struct {
	Day   int64
	SKU   string
	Units int64
}

// Slot is a quarter of an hour of activity; consecutive slots make a session when it is read.
type Slot struct {
	Number          int64 // Unix time / 15 minutes
	First, Last     int64
	Events          int64
	ProductViews    int64
	PaymentFailures int64
	Errors          int64
	Retries         int64
	StepViews       int64  // checkout steps viewed
	Steps           uint64 // which: bit n for step n
	Shipping        int64  // greatest quote
}

// Register holds the value that was told last; of two told at once, the greater text.
type Register struct {
	At    int64
	Value string
}

// Trait is a named register.
type Trait struct {
	Name string
	Register
}

// Summary is what a Population keeps of a profile.
type Summary struct {
	LastOrderDay int64
	Orders       int64
	Revenue      int64
	CycleDays    int64 // median gap of distinct order days; 0: fewer than three of them
	Receipts     [keepReceipts]Receipt
}

// Summary is the profile's own figures; those of someone who never ordered are zero.
func (s *State) Summary() Summary {
	summary := Summary{LastOrderDay: s.LastOrderDay, Orders: s.Counts[Orders], Revenue: s.Revenue, CycleDays: s.cycle()}
	copy(summary.Receipts[:], s.Receipts)
	return summary
}

// Empty reports whether nothing was folded.
func (s *State) Empty() bool { return s.Last == 0 }

func day(ms int64) int64 { return floorDiv(ms, dayMillis) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// millis is when the event happened, never later than it was received: a wrong clock must not age everything else.
func millis(e *boon.Event) int64 {
	t := e.Time
	if !e.Received.IsZero() && e.Received.Before(t) {
		t = e.Received
	}
	return max(t.UnixMilli(), 1)
}
