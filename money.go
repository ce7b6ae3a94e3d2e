package boon

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Currency is an ISO 4217 alphabetic code in upper case.
type Currency string

// Exponent is the number of decimal digits of the currency's minor unit (ISO 4217, table A.1).
func (c Currency) Exponent() int {
	switch c {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}

// Valid reports whether c has the form of an ISO 4217 code.
func (c Currency) Valid() bool {
	if len(c) != 3 {
		return false
	}
	for i := range len(c) {
		if c[i] < 'A' || c[i] > 'Z' {
			return false
		}
	}
	return true
}

// Money is an amount in minor units of its currency.
type Money struct {
	Minor    int64
	Currency Currency
}

// ParseMoney reads a decimal text such as "129.00" as an amount of c. Digits past the minor unit are rounded half-even.
func ParseMoney(text string, c Currency) (Money, error) {
	minor, err := ParseDecimal(text, c.Exponent())
	return Money{minor, c}, err
}

// Text is the amount as decimal text, without the currency.
func (m Money) Text() string { return FormatDecimal(m.Minor, m.Currency.Exponent()) }

func (m Money) String() string { return m.Text() + " " + string(m.Currency) }

type moneyJSON struct {
	Amount   string   `json:"amount"`
	Currency Currency `json:"currency"`
}

// MarshalJSON writes {"amount":"129.00","currency":"USD"}.
func (m Money) MarshalJSON() ([]byte, error) {
	return json.Marshal(moneyJSON{m.Text(), m.Currency})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Money) UnmarshalJSON(data []byte) error {
	var raw moneyJSON
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	if !raw.Currency.Valid() {
		return fmt.Errorf("currency %q is not an ISO 4217 code", raw.Currency)
	}
	var err error
	*m, err = ParseMoney(raw.Amount, raw.Currency)
	return err
}

// Micros is a decimal number in millionths: a unit price (which may be finer than a cent), a percentage, a share or a reward's value.
type Micros int64

// Unit is 1 in Micros.
const Unit Micros = 1_000_000

// ParseMicros reads decimal text; digits past the sixth are rounded half-even.
func ParseMicros(text string) (Micros, error) {
	n, err := ParseDecimal(text, 6)
	return Micros(n), err
}

// String is the shortest decimal text: "10", "12.5", "0.0022".
func (m Micros) String() string {
	var room [24]byte
	return string(m.Append(room[:0]))
}

// Append writes the text of String after b.
func (m Micros) Append(b []byte) []byte {
	if m < 0 {
		b = append(b, '-')
	}
	n := magnitude(int64(m))
	b = strconv.AppendUint(b, n/uint64(Unit), 10)
	part := n % uint64(Unit)
	if part == 0 {
		return b
	}
	b = append(b, '.')
	for digit := uint64(Unit) / 10; part > 0; digit /= 10 {
		b = append(b, byte('0'+part/digit))
		part %= digit
	}
	return b
}

// MarshalText writes the shortest decimal text.
func (m Micros) MarshalText() ([]byte, error) { return m.Append(nil), nil }

// UnmarshalText reads decimal text.
func (m *Micros) UnmarshalText(text []byte) error {
	v, err := ParseMicros(string(text))
	*m = v
	return err
}

// Float is for features and scores only, never for money.
func (m Micros) Float() float64 { return float64(m) / float64(Unit) }

// Minor converts an amount in millionths of the major unit to minor units of c, half-even.
func (m Micros) Minor(c Currency) int64 { return m.Times(1, c) }

// MicrosOf is an amount in minor units of c as millionths of the major unit.
func MicrosOf(minor int64, c Currency) Micros {
	return Micros(MulDiv(minor, int64(Unit)/pow10(c.Exponent()), 1))
}

// Times is price x quantity in minor units of c, rounded half-even once, after the product.
func (m Micros) Times(quantity int64, c Currency) int64 {
	return MulDiv(int64(m), quantity, int64(Unit)/pow10(c.Exponent()))
}

// Of is the share m of an amount in minor units, half-even: Micros(0.1).Of(999) = 100.
func (m Micros) Of(minor int64) int64 { return MulDiv(minor, int64(m), int64(Unit)) }

// PerCentOf reads m as a percentage: Micros(10).PerCentOf(999) = 100.
func (m Micros) PerCentOf(minor int64) int64 { return MulDiv(minor, int64(m), 100*int64(Unit)) }

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// MulDiv is a*b/c rounded half-even, exact through 128 bits; it saturates at the int64 range. c must be positive.
func MulDiv(a, b, c int64) int64 {
	neg := (a < 0) != (b < 0)
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	d := uint64(c)
	if hi >= d {
		return saturated(neg)
	}
	q, r := bits.Div64(hi, lo, d)
	if q > math.MaxInt64 {
		return saturated(neg)
	}
	if half := d - r; r > half || (r == half && q&1 == 1) {
		q++
	}
	if q > math.MaxInt64 {
		return saturated(neg)
	}
	if neg {
		return -int64(q)
	}
	return int64(q)
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func saturated(neg bool) int64 {
	if neg {
		return math.MinInt64
	}
	return math.MaxInt64
}

// Spread splits total over weights by the largest-remainder method: the parts add up to total, a zero weight gets nothing,
// ties go to the earlier part. A negative weight counts as zero; with no positive weight every part is 0.
func Spread(total int64, weights []int64) []int64 {
	parts := make([]int64, len(weights))
	SpreadInto(parts, total, weights)
	return parts
}

// SpreadInto is [Spread] into parts, which has the length of weights.
func SpreadInto(parts []int64, total int64, weights []int64) {
	clear(parts)
	var sum int64
	for _, w := range weights {
		if sum += max(w, 0); sum < 0 { // past int64: no real order, but it must not crash
			SpreadInto(parts, total, halves(weights))
			return
		}
	}
	if sum == 0 {
		return
	}
	type rest struct {
		index     int
		remainder uint64
	}
	var room [16]rest // of an ordinary cart
	rests := room[:0]
	left := total
	for i, w := range weights {
		hi, lo := bits.Mul64(magnitude(total), uint64(max(w, 0)))
		q, r := bits.Div64(hi, lo, uint64(sum))
		parts[i] = int64(q)
		if total < 0 {
			parts[i] = -parts[i]
		}
		left -= parts[i]
		if w > 0 {
			rests = append(rests, rest{i, r})
		}
	}
	slices.SortStableFunc(rests, func(a, b rest) int { return cmp.Compare(b.remainder, a.remainder) })
	step := int64(1)
	if left < 0 {
		step = -1
	}
	for i := 0; left != 0; i++ {
		parts[rests[i].index] += step
		left -= step
	}
}

func halves(weights []int64) []int64 {
	half := make([]int64, len(weights))
	for i, w := range weights {
		half[i] = w / 2
	}
	return half
}

// ParseDecimal reads decimal text ("-12.345", "1e-3") into an integer of 10^-scale, half-even. No float is involved.
func ParseDecimal(text string, scale int) (int64, error) {
	mantissa, exponent, err := splitExponent(text)
	if err != nil {
		return 0, err
	}
	mantissa, neg := strings.CutPrefix(mantissa, "-")
	if !neg {
		mantissa = strings.TrimPrefix(mantissa, "+")
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	digits := whole + frac
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, fmt.Errorf("%q is not a decimal number", text)
	}
	n, err := roundDigits(digits, len(whole)+exponent+scale)
	if err != nil {
		return 0, fmt.Errorf("%q: %w", text, err)
	}
	limit := uint64(math.MaxInt64)
	if neg {
		limit++
	}
	if n > limit {
		return 0, fmt.Errorf("%q: out of range", text)
	}
	if neg {
		return -int64(n), nil
	}
	return int64(n), nil
}

func splitExponent(text string) (string, int, error) {
	at := strings.IndexAny(text, "eE")
	if at < 0 {
		return text, 0, nil
	}
	e, err := strconv.Atoi(text[at+1:])
	if err != nil || e < -30 || e > 30 {
		return "", 0, fmt.Errorf("%q is not a decimal number", text)
	}
	return text[:at], e, nil
}

// roundDigits reads the first keep digits as an integer and rounds the rest half-even.
func roundDigits(digits string, keep int) (uint64, error) {
	if keep < 0 {
		return 0, nil
	}
	var n uint64
	for i := range keep {
		if n > math.MaxInt64/10 {
			return 0, fmt.Errorf("out of range")
		}
		n *= 10
		if i < len(digits) {
			n += uint64(digits[i] - '0')
		}
	}
	tail := digits[min(keep, len(digits)):]
	if tail == "" || tail[0] < '5' {
		return n, nil
	}
	if tail[0] == '5' && strings.Trim(tail[1:], "0") == "" && n%2 == 0 {
		return n, nil
	}
	return n + 1, nil
}

// FormatDecimal writes an integer of 10^-scale with exactly scale decimal digits.
func FormatDecimal(n int64, scale int) string {
	s := strconv.FormatUint(magnitude(n), 10)
	if pad := scale + 1 - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	if scale > 0 {
		s = s[:len(s)-scale] + "." + s[len(s)-scale:]
	}
	if n < 0 {
		return "-" + s
	}
	return s
}
