package redeem

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"boon"
)

// Once is the Idempotency-Key of a call and the digest of what it asked. The zero Once gives no protection against repetition.
type Once struct {
	Key      string // scoped to the caller
	Digest   [32]byte
	Repeated *bool // set when the answer is the one that an earlier call got; nil: nobody asks
	Rehearse bool  // a dry run: the answer is the one that the call would get, and nothing is kept, its key neither
}

// OnceFor digests a request: its method, path and body.
func OnceFor(key string, parts ...[]byte) Once {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:", len(p))
		h.Write(p)
	}
	o := Once{Key: key}
	h.Sum(o.Digest[:0])
	return o
}

// run does a call that is going to read what is told, in one transaction, at most once per key. The answer is stored beside what the call did, the refusal instead of it.
func run[A any](ctx context.Context, t *Teller, o Once, told Reads, now time.Time, do func(Tx) (A, error)) (answer A, err error) {
	if o.Rehearse {
		return rehearse(ctx, t, told, do)
	}
	if o.Key != "" {
		if !t.enter(o.Key) {
			return answer, boon.Refuse(boon.ReasonIdempotencyInFlight, "a call with this Idempotency-Key is still running; repeat it when it is done")
		}
		defer t.leave(o.Key)
		told.Answers = []string{o.Key}
	}
	var refused error
	err = t.Book.Expecting(told).Update(ctx, func(tx Tx) (err error) {
		answer, refused, err = attempt(tx, o, now, do)
		return err
	})
	if err != nil {
		var none A
		return none, err
	}
	return answer, refused
}

// rehearse does a call and takes it back.
func rehearse[A any](ctx context.Context, t *Teller, told Reads, do func(Tx) (A, error)) (answer A, err error) {
	err = t.Book.Expecting(told).Update(ctx, func(tx Tx) error {
		err := tx.Try(func(tx Tx) (err error) {
			if answer, err = do(tx); err != nil {
				return err
			}
			return errRehearsal
		})
		if errors.Is(err, errRehearsal) {
			return nil
		}
		return err
	})
	return answer, err
}

// attempt separates a refusal, which is an answer and commits with its key, from an internal error, which takes everything back.
func attempt[A any](tx Tx, o Once, now time.Time, do func(Tx) (A, error)) (answer A, refused, err error) {
	if o.Key != "" {
		old, found, err := tx.Answer(o.Key)
		if err != nil {
			return answer, nil, err
		}
		if found {
			refused, err = replay(old, o, &answer)
			if o.Repeated != nil {
				*o.Repeated = old.Digest == o.Digest
			}
			return answer, refused, err
		}
	}
	err = tx.Try(func(tx Tx) (err error) {
		answer, err = do(tx)
		return err
	})
	if broken(err) != nil {
		return answer, nil, err
	}
	refused = err
	if o.Key == "" {
		return answer, refused, nil
	}
	kept := Answer{Key: o.Key, Digest: o.Digest, At: now}
	if e, ok := refusal(refused); ok {
		kept.Refusal, kept.Detail, kept.Field = e.Reason, e.Detail, e.Field
	} else if kept.Body, err = json.Marshal(answer); err != nil {
		return answer, nil, fmt.Errorf("encode answer: %w", err)
	}
	return answer, refused, tx.PutAnswer(kept)
}

func replay[A any](old Answer, o Once, answer *A) (refused, err error) {
	if old.Digest != o.Digest {
		return boon.Refuse(boon.ReasonIdempotencyMismatch, "this Idempotency-Key was used with another request at %s", old.At.Format(time.RFC3339)), nil
	}
	if old.Refusal != "" {
		return &boon.Error{Reason: old.Refusal, Detail: old.Detail, Field: old.Field}, nil
	}
	if err := json.Unmarshal(old.Body, answer); err != nil {
		return nil, fmt.Errorf("decode kept answer: %w", err)
	}
	return nil, nil
}
