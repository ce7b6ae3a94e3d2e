package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"boon/redeem"
)

const (
	codeColumns   = 4
	codesAtOnce   = 10_000 // stored in one transaction, so that a large file does not keep redemptions waiting
	maxTakenCodes = 100    // named of a file
)

var (
	insertCodes = insert("codes (code, offer, n, file)", codeColumns, rowsAtOnce) + " ON CONFLICT DO NOTHING"
	insertCode  = insert("codes (code, offer, n, file)", codeColumns, 1) + " ON CONFLICT DO NOTHING"
)

// codeFile is a file of codes while it is stored. Its codes count for nothing until it is whole.
type codeFile struct {
	redeem.CodeFile
	seq   int64
	first int64
	done  bool // before
}

// ImportCodes implements redeem.CodeStore. Files are stored one after the other, each in many short transactions; one that did not become whole, in a
// process that died for instance, is taken away before the next begins.
func (db *DB) ImportCodes(ctx context.Context, f redeem.CodeFile, progress func(int)) (redeem.Import, error) {
	db.imports.Lock()
	defer db.imports.Unlock()
	file := codeFile{CodeFile: f}
	if err := db.sweepCodes(ctx); err != nil {
		return redeem.Import{}, wrap("take half a file of codes away", err)
	}
	if err := db.write(ctx, file.begin); err != nil {
		return redeem.Import{}, wrap("import codes", err)
	}
	size := int64(len(f.Codes))
	if file.done {
		return redeem.Import{Offer: f.Offer, Codes: size, Total: file.first, Repeated: true}, nil
	}
	if err := db.storeCodes(ctx, &file, progress); err != nil {
		return redeem.Import{}, errors.Join(err, db.sweepCodes(context.WithoutCancel(ctx)))
	}
	return redeem.Import{Offer: f.Offer, Codes: size, Total: file.first + size}, nil
}

// begin writes the file down and finds where its codes go on from.
func (f *codeFile) begin(c *conn) (err error) {
	if f.done, err = c.one("SELECT seq FROM code_files WHERE digest = ?", []any{f.Digest[:]}, &f.seq); err != nil {
		return err
	}
	if _, err := c.one("SELECT coalesce(sum(count), 0) FROM code_files WHERE offer = ?", []any{f.Offer}, &f.first); err != nil || f.done {
		return err
	}
	_, err = c.one("INSERT INTO code_files (digest, offer, first, count, at, whole) VALUES (?, ?, ?, ?, ?, 0) RETURNING seq",
		[]any{f.Digest[:], f.Offer, f.first, len(f.Codes), f.At.UnixNano()}, &f.seq)
	return err
}

func (db *DB) storeCodes(ctx context.Context, f *codeFile, progress func(int)) error {
	var taken redeem.Taken
	for at := 0; at < len(f.Codes); at += codesAtOnce {
		end := min(at+codesAtOnce, len(f.Codes))
		if err := db.write(ctx, func(c *conn) error { return f.store(c, at, end, &taken) }); err != nil {
			return wrap("import codes", err)
		}
		if len(taken.Places) >= maxTakenCodes {
			break
		}
		if progress != nil {
			progress(end)
		}
	}
	if len(taken.Places) > 0 {
		return &taken
	}
	err := db.write(ctx, func(c *conn) error {
		n, err := c.exec("UPDATE code_files SET whole = 1 WHERE seq = ?", f.seq)
		return orLost(n, err)
	})
	return wrap("import codes", err)
}

// store inserts the codes from at to end, and notes those that are there already.
func (f *codeFile) store(c *conn, at, end int, taken *redeem.Taken) error {
	args := make([]any, 0, codeColumns*(end-at))
	for i := at; i < end; i++ {
		args = append(args, f.Codes[i], f.Offer, f.first+int64(i), f.seq)
	}
	if err := c.insertAll(args, codeColumns, insertCodes, insertCode); err != nil {
		return err
	}
	var stored int
	if _, err := c.one("SELECT count(*) FROM codes WHERE offer = ? AND n >= ? AND n < ?",
		[]any{f.Offer, f.first + int64(at), f.first + int64(end)}, &stored); err != nil || stored == end-at {
		return err
	}
	for i := at; i < end && len(taken.Places) < maxTakenCodes; i++ {
		var offer string
		there, err := c.one("SELECT offer FROM codes WHERE code = ? AND file <> ?", []any{f.Codes[i], f.seq}, &offer)
		if err != nil {
			return err
		}
		if there {
			taken.Places, taken.Offers = append(taken.Places, i), append(taken.Offers, offer)
		}
	}
	return nil
}

// sweepCodes takes away the file that is not whole, if there is one.
func (db *DB) sweepCodes(ctx context.Context) error {
	for {
		var seq, left int64
		err := db.write(ctx, func(c *conn) error {
			half, err := c.one("SELECT seq FROM code_files WHERE whole = 0", nil, &seq)
			if err != nil || !half {
				return err
			}
			left, err = c.exec(`DELETE FROM codes WHERE code IN (SELECT c.code FROM codes c JOIN code_files f ON c.offer = f.offer AND c.n >= f.first
				WHERE f.seq = ? LIMIT ?)`, seq, codesAtOnce)
			if err == nil && left == 0 {
				_, err = c.exec("DELETE FROM code_files WHERE seq = ?", seq)
			}
			return err
		})
		if err != nil || left == 0 {
			return err
		}
	}
}

// CodesOf implements redeem.CodeStore.
func (db *DB) CodesOf(ctx context.Context, offer string, from int64, max int) (codes []string, err error) {
	err = db.read(ctx, func(c *conn) error {
		var total int64
		if _, err := c.one("SELECT coalesce(sum(count), 0) FROM code_files WHERE offer = ? AND whole = 1", []any{offer}, &total); err != nil {
			return err
		}
		return c.each("SELECT code FROM codes WHERE offer = ? AND n >= ? AND n < ? ORDER BY n", []any{offer, from, min(from+int64(max), total)},
			func(rows *sql.Rows) error {
				var code string
				err := rows.Scan(&code)
				codes = append(codes, code)
				return err
			})
	})
	return codes, wrap("read codes", err)
}

// PoolOf implements redeem.Pools.
func (r rows) PoolOf(code string) (offer string, n int64, found bool, err error) {
	found, err = r.c.one("SELECT c.offer, c.n FROM codes c JOIN code_files f ON f.seq = c.file WHERE c.code = ? AND f.whole = 1", []any{code}, &offer, &n)
	return offer, n, found, wrap("read code", err)
}

// NthCode implements redeem.Pools.
func (r rows) NthCode(offer string, n int64) (code string, found bool, err error) {
	found, err = r.c.one("SELECT c.code FROM codes c JOIN code_files f ON f.seq = c.file WHERE c.offer = ? AND c.n = ? AND f.whole = 1", []any{offer, n}, &code)
	return code, found, wrap("read code", err)
}
