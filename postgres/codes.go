package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"boon/redeem"
)

const (
	codesAtOnce   = 10_000 // copied to the server
	maxTakenCodes = 100    // named of a file
)

// ImportCodes implements redeem.CodeStore. A file is one transaction, beside which everybody redeems; files are stored one after the other.
func (db *DB) ImportCodes(ctx context.Context, f redeem.CodeFile, progress func(int)) (done redeem.Import, err error) {
	err = db.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lock, "codes"); err != nil {
			return err
		}
		done, err = importCodes(ctx, tx, f, progress)
		return err
	})
	return done, wrap("import codes", err)
}

func importCodes(ctx context.Context, tx pgx.Tx, f redeem.CodeFile, progress func(int)) (redeem.Import, error) {
	done := redeem.Import{Offer: f.Offer, Codes: int64(len(f.Codes))}
	query := "SELECT coalesce(sum(count), 0)::bigint, coalesce(bool_or(digest = $2), false) FROM code_files WHERE offer = $1"
	if err := tx.QueryRow(ctx, query, f.Offer, f.Digest[:]).Scan(&done.Total, &done.Repeated); err != nil || done.Repeated {
		return done, err
	}
	if err := copyCodes(ctx, tx, f, done.Total, progress); err != nil {
		return redeem.Import{}, err
	}
	_, err := tx.Exec(ctx, "INSERT INTO code_files (digest, offer, first, count, at) VALUES ($1, $2, $3, $4, $5)",
		f.Digest[:], f.Offer, done.Total, done.Codes, f.At.UnixNano())
	done.Total += done.Codes
	return done, err
}

func copyCodes(ctx context.Context, tx pgx.Tx, f redeem.CodeFile, first int64, progress func(int)) error {
	var taken redeem.Taken
	for at := 0; at < len(f.Codes) && len(taken.Places) < maxTakenCodes; at += codesAtOnce {
		end := min(at+codesAtOnce, len(f.Codes))
		if err := takenCodes(ctx, tx, f.Codes[at:end], at, &taken); err != nil {
			return err
		}
		if len(taken.Places) > 0 {
			continue // nothing will be stored; the rest is looked at to name all
		}
		rows := pgx.CopyFromSlice(end-at, func(i int) ([]any, error) { return []any{f.Codes[at+i], f.Offer, first + int64(at+i)}, nil })
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{"codes"}, []string{"code", "offer", "n"}, rows); err != nil {
			return err
		}
		if progress != nil {
			progress(end)
		}
	}
	if len(taken.Places) > 0 {
		return &taken
	}
	return nil
}

// takenCodes notes which codes are stored already; at is the place of the first in its file.
func takenCodes(ctx context.Context, tx pgx.Tx, codes []string, at int, taken *redeem.Taken) error {
	rows, err := tx.Query(ctx, "SELECT v.n, c.offer FROM unnest($1::text[]) WITH ORDINALITY AS v (code, n) JOIN codes c ON c.code = v.code ORDER BY v.n LIMIT $2",
		codes, maxTakenCodes-len(taken.Places))
	if err != nil {
		return err
	}
	var n int
	var offer string
	_, err = pgx.ForEachRow(rows, []any{&n, &offer}, func() error {
		taken.Places, taken.Offers = append(taken.Places, at+n-1), append(taken.Offers, offer)
		return nil
	})
	return err
}

// PoolOf implements redeem.Pools.
func (r reader) PoolOf(code string) (offer string, n int64, found bool, err error) {
	b := &pgx.Batch{}
	b.Queue("SELECT offer, n FROM codes WHERE code = $1", code).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&offer, &n)
		found = err == nil
		return orNone(err)
	})
	err = r.send(b)
	return offer, n, found, wrap("read code", err)
}

// NthCode implements redeem.Pools.
func (r reader) NthCode(offer string, n int64) (code string, found bool, err error) {
	b := &pgx.Batch{}
	b.Queue("SELECT code FROM codes WHERE offer = $1 AND n = $2", offer, n).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&code)
		found = err == nil
		return orNone(err)
	})
	err = r.send(b)
	return code, found, wrap("read code", err)
}

// CodesOf implements redeem.CodeStore.
func (db *DB) CodesOf(ctx context.Context, offer string, from int64, max int) (codes []string, err error) {
	err = db.read(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, "SELECT code FROM codes WHERE offer = $1 AND n >= $2 AND n < $2 + $3::bigint ORDER BY n", offer, from, max)
		if err != nil {
			return err
		}
		codes, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return codes, wrap("read codes", err)
}
