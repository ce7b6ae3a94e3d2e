package experiment

import (
	"crypto/sha256"
	"encoding/binary"

	"boon"
)

// Buckets is how finely units are told apart: a share is compared in millionths.
const Buckets = int64(boon.Unit)

// Bucket places a unit in [0, Buckets): the first 64 bits of SHA-256 over the salt, a zero byte and the unit, scaled down by multiplication.
// testdata/cases.json is the contract of this function; a unit that moved would lose its assignment.
func Bucket(salt, unit string) int64 {
	h := sha256.New()
	h.Write([]byte(salt))
	h.Write([]byte{0})
	h.Write([]byte(unit))
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	return int64((binary.BigEndian.Uint64(sum[:8]) >> 32) * uint64(Buckets) >> 32)
}

// InHoldout reports whether a unit is kept without offers for ever.
func InHoldout(h boon.Holdout, unit string) bool {
	salt := h.Salt
	if salt == "" {
		salt = h.ID
	}
	return Bucket("holdout "+salt, unit) < int64(h.Share)
}

// InCampaignHoldout reports whether a unit is kept without a campaign's offers.
func InCampaignHoldout(c boon.Campaign, unit string) bool {
	return c.Holdout > 0 && Bucket("campaign holdout "+c.ID, unit) < int64(c.Holdout)
}

// Assign gives a unit its arm, by the arms' weights; false when no arm has a weight.
func Assign(e boon.Experiment, unit string) (boon.Arm, bool) {
	var total int64
	for _, a := range e.Arms {
		total += max(a.Weight, 0)
	}
	if total == 0 {
		return boon.Arm{}, false
	}
	at := boon.MulDiv(Bucket("experiment "+e.ID, unit), total, 1) // below total*Buckets
	var upTo int64
	for _, a := range e.Arms {
		upTo += max(a.Weight, 0) * Buckets
		if at < upTo {
			return a, true
		}
	}
	return boon.Arm{}, false
}
