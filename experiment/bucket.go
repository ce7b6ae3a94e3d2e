package experiment

import (
	"crypto/sha256"
	"encoding/binary"

	"boon"
)

// Buckets is the number of buckets: one in a million, so that a share in Micros is a count of buckets.
const Buckets = int64(boon.Unit)

// Bucket places a unit in [0, 1000000) under a salt: the first eight bytes of SHA-256(length of salt as four bytes, salt, unit), both
// big-endian, modulo 1000000. The length keeps ("ab", "c") apart from ("a", "bc"); the modulus's bias is below 1e-13.
func Bucket(salt, unit string) int64 {
	buf := make([]byte, 0, 128)
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(salt)))
	buf = append(append(buf, salt...), unit...)
	digest := sha256.Sum256(buf)
	return int64(binary.BigEndian.Uint64(digest[:8]) % uint64(Buckets))
}

// InHoldout reports whether a profile is kept without offers. A holdout without a salt of its own is salted by its id, so that the same
// people stay in it whatever else is configured.
func InHoldout(h boon.Holdout, profile string) bool {
	salt := h.Salt
	if salt == "" {
		salt = "holdout/" + h.ID
	}
	return Bucket(salt, profile) < int64(h.Share)
}

// CampaignHoldout reports whether a profile is kept without the campaign's offers.
func CampaignHoldout(c boon.Campaign, profile string) bool {
	return c.Holdout > 0 && Bucket("campaign/"+c.ID, profile) < int64(c.Holdout)
}

// Assign gives a unit its arm, by weight; false when no arm has a positive weight. Weights are fixed at registration: changing them
// moves units, adding an experiment does not.
func Assign(e boon.Experiment, unit string) (boon.Arm, bool) {
	var total int64
	for _, a := range e.Arms {
		total += max(a.Weight, 0)
	}
	if total <= 0 {
		return boon.Arm{}, false
	}
	bucket, below := Bucket("experiment/"+e.ID, unit), int64(0)
	for _, a := range e.Arms {
		below += max(a.Weight, 0)
		if bucket < edge(below, total) {
			return a, true
		}
	}
	return boon.Arm{}, false
}

// edge is the first bucket past a share below/total, rounded half-even; the last edge is exactly Buckets.
func edge(below, total int64) int64 { return boon.MulDiv(below, Buckets, total) }
