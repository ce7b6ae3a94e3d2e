package postgres

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"boon"
	"boon/ledger"
	"boon/redeem"
	"boon/redeem/batch"
)

// sender is a connection that is inside a transaction.
type sender interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// reader implements batch.Reader: all that is wanted comes in one round trip.
type reader struct {
	ctx      context.Context //nolint:containedctx // of one transaction, which lives no longer
	on       sender
	instance string
}

// Load implements batch.Reader.
func (r reader) Load(w batch.Want) (found batch.Rows, err error) {
	b := &pgx.Batch{}
	r.queue(b, w, &found)
	return found, r.send(b)
}

func (r reader) send(b *pgx.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	return unavailable(r.on.SendBatch(r.ctx, b).Close())
}

// queue adds what reads the wanted rows.
func (r reader) queue(b *pgx.Batch, w batch.Want, found *batch.Rows) {
	queueWallet(b, w, found)
	queueOrders(b, w, found)
	queueHot(b, w, found)
	r.queueNotices(b, w, found)
}

func queueWallet(b *pgx.Batch, w batch.Want, found *batch.Rows) {
	if len(w.Grants) > 0 {
		queueGrants(b, found, "SELECT body FROM grants WHERE id = ANY($1)", w.Grants)
	}
	if len(w.Owners) > 0 {
		owners := make([][]byte, len(w.Owners))
		for i, o := range w.Owners {
			owners[i] = batch.OwnerKey(o)
		}
		queueGrants(b, found, "SELECT body FROM grants WHERE owner = ANY($1)", owners)
	}
	if len(w.Codes) > 0 {
		b.Queue(`SELECT g.body FROM unnest($1::text[]) AS c (code)
			CROSS JOIN LATERAL (SELECT body FROM grants WHERE grants.code = c.code ORDER BY seq LIMIT 1) g`, distinct(w.Codes)).Query(func(rows pgx.Rows) error {
			return eachGrant(rows, func(g boon.Grant) {
				found.Grants = append(found.Grants, g)
				found.Coded = append(found.Coded, batch.Coded{Code: g.Code, Grant: g.ID})
			})
		})
	}
}

func queueGrants(b *pgx.Batch, found *batch.Rows, query string, keys any) {
	b.Queue(query, keys).Query(func(rows pgx.Rows) error {
		return eachGrant(rows, func(g boon.Grant) { found.Grants = append(found.Grants, g) })
	})
}

func eachGrant(rows pgx.Rows, take func(boon.Grant)) error {
	var body []byte
	_, err := pgx.ForEachRow(rows, []any{&body}, func() error {
		g, err := batch.DecodeGrant(body)
		take(g)
		return err
	})
	return err
}

// queueOrders reads reservations and redemptions, and the grants of those that are named by themselves or by their orders.
func queueOrders(b *pgx.Batch, w batch.Want, found *batch.Rows) {
	if len(w.Reservations) > 0 {
		queueDocuments(b, &found.Reservations, "SELECT body FROM reservations WHERE id = ANY($1)", w.Reservations)
		queueGrants(b, found, "SELECT body FROM grants WHERE id IN (SELECT grant_id FROM reservations WHERE id = ANY($1))", w.Reservations)
	}
	if len(w.Held) > 0 {
		queueDocuments(b, &found.Reservations, "SELECT body FROM reservations WHERE grant_id = ANY($1) AND NOT gone", w.Held)
	}
	if len(w.Redemptions) > 0 {
		queueDocuments(b, &found.Redemptions, "SELECT body FROM redemptions WHERE id = ANY($1)", w.Redemptions)
		queueGrants(b, found, "SELECT body FROM grants WHERE id IN (SELECT grant_id FROM redemptions WHERE id = ANY($1))", w.Redemptions)
	}
	if len(w.Orders) > 0 {
		queueDocuments(b, &found.Redemptions, "SELECT body FROM redemptions WHERE order_id = ANY($1)", w.Orders)
		queueGrants(b, found, "SELECT body FROM grants WHERE id IN (SELECT grant_id FROM redemptions WHERE order_id = ANY($1))", w.Orders)
	}
}

func queueDocuments[T any](b *pgx.Batch, all *[]T, query string, args ...any) {
	b.Queue(query, args...).Query(func(rows pgx.Rows) error {
		var body []byte
		_, err := pgx.ForEachRow(rows, []any{&body}, func() error {
			var one T
			err := json.Unmarshal(body, &one)
			*all = append(*all, one)
			return err
		})
		return err
	})
}

func queueHot(b *pgx.Batch, w batch.Want, found *batch.Rows) {
	if len(w.Counters) > 0 {
		b.Queue("SELECT key, n FROM counters WHERE key = ANY($1)", distinct(w.Counters)).Query(func(rows pgx.Rows) error {
			var c batch.Count
			_, err := pgx.ForEachRow(rows, []any{&c.Key, &c.N}, func() error {
				found.Counters = append(found.Counters, c)
				return nil
			})
			return err
		})
	}
	if len(w.Accounts) > 0 {
		budgets, currencies, kinds := columns(w.Accounts)
		b.Queue(`SELECT b.budget, b.currency, b.kind, b.minor FROM unnest($1::text[], $2::text[], $3::text[]) AS a (budget, currency, kind)
			JOIN balances b ON b.budget = a.budget AND b.currency = a.currency AND b.kind = a.kind`, budgets, currencies, kinds).Query(func(rows pgx.Rows) error {
			return eachBalance(rows, func(x ledger.Balance) { found.Balances = append(found.Balances, x) })
		})
	}
}

func eachBalance(rows pgx.Rows, take func(ledger.Balance)) error {
	var x ledger.Balance
	_, err := pgx.ForEachRow(rows, []any{&x.Account.Budget, (*string)(&x.Account.Currency), (*string)(&x.Account.Kind), &x.Minor}, func() error {
		take(x)
		return nil
	})
	return err
}

func columns(accounts []boon.Account) (budgets, currencies, kinds []string) {
	for _, a := range accounts {
		budgets, currencies, kinds = append(budgets, a.Budget), append(currencies, string(a.Currency)), append(kinds, string(a.Kind))
	}
	return budgets, currencies, kinds
}

func (r reader) queueNotices(b *pgx.Batch, w batch.Want, found *batch.Rows) {
	if len(w.Answers) > 0 {
		b.Queue("SELECT key, digest, at, refusal, detail, field, body FROM answers WHERE key = ANY($1)", w.Answers).Query(func(rows pgx.Rows) (err error) {
			found.Answers, err = pgx.CollectRows(rows, scanAnswer)
			return err
		})
	}
	if len(w.Late) > 0 {
		b.Queue("SELECT order_id, id, body FROM late WHERE order_id = ANY($1) ORDER BY seq", w.Late).Query(func(rows pgx.Rows) (err error) {
			found.Late, err = pgx.CollectRows(rows, pgx.RowToStructByPos[batch.Late])
			return err
		})
	}
	if len(w.Marks) > 0 {
		b.Queue("SELECT partition, position FROM marks WHERE instance = $1", r.instance).Query(func(rows pgx.Rows) error {
			var partition, at int64
			_, err := pgx.ForEachRow(rows, []any{&partition, &at}, func() error {
				found.Marks = append(found.Marks, batch.Mark{Partition: uint32(partition), At: boon.Position(at)})
				return nil
			})
			return err
		})
	}
	if w.Paused {
		queueDocuments(b, &found.Paused, "SELECT body FROM pauses")
	}
	if len(w.Rulings) > 0 {
		queueDocuments(b, &found.Rulings, "SELECT body FROM rulings WHERE (kind || '/' || id) = ANY($1)", w.Rulings)
	}
	if w.OpenRulings != "" {
		queueDocuments(b, &found.Rulings, "SELECT body FROM rulings WHERE kind = $1 AND open", w.OpenRulings)
	}
}

func scanAnswer(row pgx.CollectableRow) (a redeem.Answer, err error) {
	var digest []byte
	var at int64
	err = row.Scan(&a.Key, &digest, &at, (*string)(&a.Refusal), &a.Detail, &a.Field, &a.Body)
	copy(a.Digest[:], digest)
	a.At = instant(at)
	return a, err
}

// distinct sorts keys of which many are the same, such as the counter of one offer.
func distinct(keys []string) []string {
	slices.Sort(keys)
	return slices.Compact(keys)
}

// DueGrants implements redeem.Deadlines.
func (r reader) DueGrants(now time.Time, max int) ([]boon.Grant, error) {
	b, found := &pgx.Batch{}, batch.Rows{}
	b.Queue("SELECT body FROM grants WHERE state <= 2 AND expires IS NOT NULL AND expires <= $1 ORDER BY expires, id LIMIT $2",
		now.UnixNano(), max).Query(func(rows pgx.Rows) error {
		return eachGrant(rows, func(g boon.Grant) { found.Grants = append(found.Grants, g) })
	})
	err := r.send(b)
	return found.Grants, wrap("read due grants", err)
}

// DueReservations implements redeem.Deadlines.
func (r reader) DueReservations(now time.Time, max int) (due []boon.Reservation, err error) {
	b := &pgx.Batch{}
	queueDocuments(b, &due, "SELECT body FROM reservations WHERE NOT gone AND expires <= $1 ORDER BY expires, id LIMIT $2", now.UnixNano(), max)
	err = r.send(b)
	return due, wrap("read due reservations", err)
}

// DueRedemptions implements redeem.Deadlines.
func (r reader) DueRedemptions(now time.Time, max int) (due []boon.Redemption, err error) {
	b := &pgx.Batch{}
	queueDocuments(b, &due, "SELECT body FROM redemptions WHERE lapses <= $1 ORDER BY lapses, id LIMIT $2", now.UnixNano(), max)
	err = r.send(b)
	return due, wrap("read due redemptions", err)
}
