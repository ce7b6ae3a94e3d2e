package boon_test

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"boon"
)

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct {
		text  string
		scale int
		want  int64
	}{
		{"0", 2, 0}, {"-0", 2, 0}, {"129", 2, 12900}, {"129.0", 2, 12900}, {"129.00", 2, 12900}, {"+1.5", 2, 150}, {"-12.34", 2, -1234},
		{".5", 2, 50}, {"5.", 2, 500}, {"000007.10", 2, 710}, {"3", 0, 3}, {"1.234", 3, 1234},

		// Half-even: a tie goes to the even neighbour, all else to the nearer one.
		{"0.005", 2, 0}, {"0.015", 2, 2}, {"0.025", 2, 2}, {"0.0250", 2, 2}, {"0.0250000001", 2, 3}, {"0.0249999", 2, 2},
		{"-0.005", 2, 0}, {"-0.015", 2, -2}, {"2.5", 0, 2}, {"3.5", 0, 4}, {"0.5", 0, 0}, {"0.51", 0, 1}, {"0.05", 0, 0}, {"9.995", 2, 1000},

		{"1e3", 2, 100000}, {"1E-2", 2, 1}, {"1.5e-2", 2, 2}, {"2.5e-2", 2, 2}, {"12.5e+1", 0, 125}, {"5e-30", 2, 0}, {"0e30", 2, 0}, {"4.5E0", 0, 4},

		{"92233720368547758.07", 2, math.MaxInt64}, {"-92233720368547758.08", 2, math.MinInt64}, {"9223372036854775807.4", 0, math.MaxInt64},
	} {
		got, err := boon.ParseDecimal(c.text, c.scale)
		if err != nil || got != c.want {
			t.Errorf("ParseDecimal(%q, %d) = %d, %v, want %d", c.text, c.scale, got, err, c.want)
		}
	}
}

func TestParseDecimalRefuses(t *testing.T) {
	for _, text := range []string{
		"", ".", "-", "+", "e5", "1e", "1e1.5", "1e31", "1e-31", "--1", "-+1", "+-1", "1-", "1.2.3", "1,5", " 1", "1 ", "0x10", "NaN", "Inf", "1_000", "१",
		"92233720368547758.08", "-92233720368547758.09", "1e19", "99999999999999999999",
	} {
		if got, err := boon.ParseDecimal(text, 2); err == nil {
			t.Errorf("ParseDecimal(%q) = %d, want an error", text, got)
		}
	}
}

// FuzzParseDecimal compares with math/big: the same texts are numbers, and they round to the same integer.
func FuzzParseDecimal(f *testing.F) {
	for _, text := range []string{"129.00", "-0.005", "1e-3", ".5", "92233720368547758.07", "-+1", "1e31", "0000.0005e2"} {
		f.Add(text, uint8(2))
	}
	f.Fuzz(func(t *testing.T, text string, scale uint8) {
		places := int(scale % 7)
		got, err := boon.ParseDecimal(text, places)
		if err != nil {
			return
		}
		exact, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%q was read as %d but is no number", text, got)
		}
		exact.Mul(exact, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)))
		if want := halfEven(exact.Num(), exact.Denom()); want.Cmp(big.NewInt(got)) != 0 {
			t.Fatalf("ParseDecimal(%q, %d) = %d, want %s", text, places, got, want)
		}
		again, err := boon.ParseDecimal(boon.FormatDecimal(got, places), places)
		if err != nil || again != got {
			t.Fatalf("%d at scale %d is written as %q and read as %d, %v", got, places, boon.FormatDecimal(got, places), again, err)
		}
	})
}

// halfEven is num/den rounded half-even, den positive.
func halfEven(num, den *big.Int) *big.Int {
	q, r := new(big.Int).DivMod(num, den, new(big.Int)) // floor, 0 <= r < den
	switch r.Lsh(r, 1).Cmp(den) {
	case 1:
		q.Add(q, big.NewInt(1))
	case 0:
		q.Add(q, big.NewInt(int64(q.Bit(0))))
	}
	return q
}

// TestDecimalTextReadsBack covers the whole range: every integer of every scale reads back as itself.
func TestDecimalTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, scale := rapid.Int64().Draw(t, "n"), rapid.IntRange(0, 6).Draw(t, "scale")
		text := boon.FormatDecimal(n, scale)
		got, err := boon.ParseDecimal(text, scale)
		if err != nil || got != n {
			t.Fatalf("%d is written as %q and read as %d, %v", n, text, got, err)
		}
	})
}

func TestFormatDecimal(t *testing.T) {
	for _, c := range []struct {
		n     int64
		scale int
		want  string
	}{
		{0, 2, "0.00"}, {5, 2, "0.05"}, {-5, 2, "-0.05"}, {12900, 2, "129.00"}, {7, 0, "7"}, {1234, 3, "1.234"},
		{math.MinInt64, 2, "-92233720368547758.08"},
	} {
		if got := boon.FormatDecimal(c.n, c.scale); got != c.want {
			t.Errorf("FormatDecimal(%d, %d) = %q, want %q", c.n, c.scale, got, c.want)
		}
	}
}

func TestMulDivIsExact(t *testing.T) {
	low, high := big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		c := rapid.Int64Range(1, math.MaxInt64).Draw(t, "c")
		want := halfEven(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), big.NewInt(c))
		if want.Cmp(low) < 0 {
			want = low
		}
		if want.Cmp(high) > 0 {
			want = high
		}
		if got := boon.MulDiv(a, b, c); want.Cmp(big.NewInt(got)) != 0 {
			t.Fatalf("MulDiv(%d, %d, %d) = %d, want %s", a, b, c, got, want)
		}
	})
}

func TestMulDivSaturates(t *testing.T) {
	for _, c := range []struct{ a, b, c, want int64 }{
		{math.MaxInt64, 2, 1, math.MaxInt64},
		{math.MinInt64, 2, 1, math.MinInt64},
		{math.MinInt64, 1, 1, math.MinInt64},
		{math.MaxInt64, math.MinInt64, 1, math.MinInt64},
		{math.MinInt64, math.MinInt64, math.MaxInt64, math.MaxInt64},
		// The quotient is 2^64 - 1 and rounds up: it must not wrap to 0.
		{1<<63 - 1<<32 + 1, 1<<63 - 1<<32 + 1, 1<<62 - 1<<32 + 2, math.MaxInt64},
	} {
		if got := boon.MulDiv(c.a, c.b, c.c); got != c.want {
			t.Errorf("MulDiv(%d, %d, %d) = %d, want %d", c.a, c.b, c.c, got, c.want)
		}
	}
}

func TestSpread(t *testing.T) {
	for _, c := range []struct {
		name    string
		total   int64
		weights []int64
		want    []int64
	}{
		{"thirds: the earlier part takes the rest", 100, []int64{1, 1, 1}, []int64{34, 33, 33}},
		{"the largest remainder takes the rest", 10, []int64{335, 335, 330}, []int64{4, 3, 3}},
		{"a free line gets nothing", 7, []int64{0, 5, 0, 5}, []int64{0, 4, 0, 3}},
		{"less money than lines", 2, []int64{1, 1, 1, 1}, []int64{1, 1, 0, 0}},
		{"a reversal mirrors", -100, []int64{1, 1, 1}, []int64{-34, -33, -33}},
		{"nothing to weigh", 50, []int64{0, 0}, []int64{0, 0}},
		{"no lines", 50, nil, []int64{}},
		{"a negative weight counts as zero", 9, []int64{-4, 1, 2}, []int64{0, 3, 6}},
		{"weights past int64", 90, []int64{math.MaxInt64, math.MaxInt64, math.MaxInt64}, []int64{30, 30, 30}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := boon.Spread(c.total, c.weights); !slices.Equal(got, c.want) {
				t.Fatalf("Spread(%d, %v) = %v, want %v", c.total, c.weights, got, c.want)
			}
		})
	}
}

// TestSpreadIsFair: the parts add up to the whole, and none is a unit or more off its exact share; a zero weight gets nothing.
func TestSpreadIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64().Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1<<50), 1, 20).Draw(t, "weights")
		var weight, sum int64
		for _, w := range weights {
			weight += w
		}
		parts := boon.Spread(total, weights)
		for i, part := range parts {
			sum += part
			off := new(big.Int).Mul(big.NewInt(part), big.NewInt(weight))
			off.Sub(off, new(big.Int).Mul(big.NewInt(total), big.NewInt(weights[i])))
			if weight > 0 && off.CmpAbs(big.NewInt(weight)) >= 0 || weights[i] == 0 && part != 0 {
				t.Fatalf("part %d of %v is %d", i, weights, part)
			}
		}
		if weight > 0 && sum != total {
			t.Fatalf("the parts %v add up to %d, want %d", parts, sum, total)
		}
	})
}

func TestMicrosText(t *testing.T) {
	for text, want := range map[string]string{
		"10": "10", "12.50": "12.5", "0.0022": "0.0022", "-0.10": "-0.1", "0": "0", "100": "100", "0.0000005": "0", "0.0000015": "0.000002", "1e2": "100",
	} {
		m, err := boon.ParseMicros(text)
		if err != nil || m.String() != want {
			t.Errorf("ParseMicros(%q) = %v, %v, want %s", text, m, err, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		m := boon.Micros(rapid.Int64().Draw(t, "micros"))
		data, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var again boon.Micros
		if err := json.Unmarshal(data, &again); err != nil || again != m {
			t.Fatalf("%d is written as %s and read as %d, %v", int64(m), data, int64(again), err)
		}
		if want := strings.TrimRight(strings.TrimRight(boon.FormatDecimal(int64(m), 6), "0"), "."); m.String() != want || string(m.Append([]byte("x"))) != "x"+want {
			t.Fatalf("%d is %q, want %q without the zeros behind", int64(m), m, want)
		}
	})
}

func TestMicrosArithmetic(t *testing.T) {
	micros := func(text string) boon.Micros {
		m, err := boon.ParseMicros(text)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, c := range []struct {
		what      string
		got, want int64
	}{
		{"0.0022 dollars x 1,000 litres", micros("0.0022").Times(1000, "USD"), 220},
		{"rounded once, after the product", micros("0.005").Times(3, "USD"), 2},
		{"a tie goes to even", micros("0.005").Times(1, "USD"), 0},
		{"yen have no cents", micros("12.5").Times(3, "JPY"), 38},
		{"dinars have three digits", micros("1.2345").Minor("KWD"), 1234},
		{"a quantity past all sense saturates", micros("9.99").Times(math.MaxInt64/2, "USD"), math.MaxInt64},
		{"it never wraps", micros("0.01").Times(math.MaxInt64, "USD"), math.MaxInt64},
		{"a tenth of 999", micros("0.1").Of(999), 100},
		{"ten per cent of 999", micros("10").PerCentOf(999), 100},
		{"a share of a loss", micros("0.5").Of(-3), -2},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.what, c.got, c.want)
		}
	}
}

func TestMoneyJSON(t *testing.T) {
	m := boon.Money{Minor: -12345, Currency: "USD"}
	data, err := json.Marshal(m)
	if err != nil || string(data) != `{"amount":"-123.45","currency":"USD"}` {
		t.Fatalf("%s, %v", data, err)
	}
	var again boon.Money
	if err := json.Unmarshal(data, &again); err != nil || again != m {
		t.Fatalf("read back as %v, %v", again, err)
	}
	if m.String() != "-123.45 USD" {
		t.Fatalf("String: %s", m)
	}
	for _, bad := range []string{`{"amount":"1.00"}`, `{"amount":"1.00","currency":"usd"}`, `{"amount":"x","currency":"USD"}`, `{"amount":1.0,"currency":"USD"}`, `[]`} {
		if err := json.Unmarshal([]byte(bad), &again); err == nil {
			t.Errorf("%s was read as %v", bad, again)
		}
	}
}

func TestMoneyInOtherCurrencies(t *testing.T) {
	for currency, want := range map[boon.Currency]string{"USD": "1234.50", "JPY": "1234", "KWD": "1234.500"} {
		m, err := boon.ParseMoney("1234.5", currency)
		if err != nil || m.Text() != want {
			t.Errorf("%s: %s, %v, want %s", currency, m.Text(), err, want)
		}
	}
}

func TestMoneyArithmeticDoesNotAllocate(t *testing.T) {
	price, total := boon.Micros(12_990_000), int64(0)
	if n := testing.AllocsPerRun(100, func() {
		total += price.Times(3, "USD") + price.PerCentOf(1000) + boon.MulDiv(total, 7, 9)
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = boon.ParseDecimal("129.00", 2) }); n != 0 {
		t.Errorf("ParseDecimal: %v allocations, want 0", n)
	}
}
