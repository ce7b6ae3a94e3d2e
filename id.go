package boon

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// Prefixes of public ids.
const (
	PrefixProfile     = "prf_"
	PrefixDecision    = "dec_"
	PrefixGrant       = "grt_"
	PrefixReservation = "rsv_"
	PrefixRedemption  = "rdm_"
	PrefixReversal    = "rev_"
	PrefixDraw        = "drw_"
	PrefixRelease     = "rel_"
	PrefixEntry       = "ent_"
	PrefixAlarm       = "alm_"
	PrefixProposal    = "prp_"
	PrefixHold        = "hld_"
)

var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes an id that sorts by time: 48 bits of milliseconds and 80 bits of SHA-256 over the seeds. Equal arguments give equal ids,
// so an id of a repeated event is the id of the first.
func NewID(prefix string, at time.Time, seeds ...string) string {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:8], uint64(at.UnixMilli())<<16)
	digest := seedDigest(prefix, seeds)
	copy(raw[6:], digest[:10])
	return prefix + crockford.EncodeToString(raw[:])
}

// ContentID names content by its SHA-256, shortened to 128 bits.
func ContentID(prefix string, content []byte) string {
	digest := sha256.Sum256(content)
	return prefix + crockford.EncodeToString(digest[:16])
}

func seedDigest(prefix string, seeds []string) [32]byte {
	h := sha256.New()
	h.Write([]byte(prefix))
	for _, s := range seeds {
		var size [4]byte
		binary.BigEndian.PutUint32(size[:], uint32(len(s)))
		h.Write(size[:])
		h.Write([]byte(s))
	}
	var out [32]byte
	h.Sum(out[:0])
	return out
}
