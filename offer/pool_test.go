package offer

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"boon"
)

// Samples 1, 4 and 7 of NIST's "FF1 samples" for SP 800-38G: the ten digits 0123456789 under keys of three sizes.
func TestPermutationIsFF1(t *testing.T) {
	for key, want := range map[string]uint64{
		"2B7E151628AED2A6ABF7158809CF4F3C":                                 2433477484,
		"2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F":                 2830668132,
		"2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94": 6657667009,
	} {
		raw, _ := hex.DecodeString(key)
		p, err := newPermutation(raw, 10, 10)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.at(123456789); got != want || p.place(want) != 123456789 {
			t.Errorf("key %s: %010d, back %010d; want %010d", key, got, p.place(want), want)
		}
	}
}

// Of a small space every number has one place and every place one number.
func TestPermutationMeetsEveryNumberOnce(t *testing.T) {
	for length := 2; length <= 3; length++ {
		p, _ := newPermutation(make([]byte, 32), modulus, length)
		size := power(modulus, length)
		seen := make([]bool, size)
		for n := range size {
			x := p.at(n)
			if x >= size || seen[x] || p.place(x) != n {
				t.Fatalf("length %d: %d goes to %d and back to %d", length, n, x, p.place(x))
			}
			seen[x] = true
		}
	}
}

func pool(t testing.TB, count int64, length int, prefix string) Pool {
	p, err := NewPool([]byte("instance"), "spring", boon.Generate{Count: count, Length: int64(length), Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPoolCodesAreAContract(t *testing.T) {
	p := pool(t, 1_000_000, 10, "Spring-")
	for n, want := range map[int64]string{0: "SPRING-CC84-CGF6-WV", 1: "SPRING-NKT7-Z776-M4", 999_999: "SPRING-RHBZ-V2G2-3A"} { // printed on paper
		if got := p.Code(n); got != want {
			t.Errorf("code %d is %s, want %s", n, got, want)
		}
	}
	grown := pool(t, 2_000_000, 10, "SPRING")
	if Normalise(grown.Code(7)) != Normalise(p.Code(7)) {
		t.Error("a larger count changes the codes that there were")
	}
	if other, _ := NewPool([]byte("instance"), "summer", boon.Generate{Count: 9, Length: 10, Prefix: "SPRING"}); other.Code(7) == grown.Code(7) {
		t.Error("two offers have the same codes")
	}
	if _, ok := p.Index(Normalise(grown.Code(1_000_000))); ok {
		t.Error("a pool takes a code past its count")
	}
}

func TestPoolCodesLeadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.IntRange(MinPoolLength, MaxPoolLength).Draw(t, "length")
		count := min(MostCodes(length), rapid.Int64Range(1, 1<<40).Draw(t, "count"))
		p, err := NewPool(rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "key"), rapid.String().Draw(t, "offer"),
			boon.Generate{Count: count, Length: int64(length), Prefix: rapid.SampledFrom([]string{"", "X", "SPRING-", "o-1-"}).Draw(t, "prefix")})
		if err != nil {
			t.Fatal(err)
		}
		n := rapid.Int64Range(0, count-1).Draw(t, "n")
		code := p.Code(n)
		if back, ok := p.Index(Normalise(strings.ToLower(code))); !ok || back != n {
			t.Fatalf("%s, the code %d, leads to %d, %v", code, n, back, ok)
		}
		if _, ok := p.Index(Normalise(code) + "2"); ok {
			t.Fatalf("%s2 passes", code)
		}
	})
}

// The check is linear: whether a mistake is found depends on the places and on how the characters differ, not on the rest of the code. So one code of
// each length with every mistake tried on it stands for all codes.
func TestCheckFindsEveryMistake(t *testing.T) {
	for length := MinPoolLength; length <= MaxPoolLength; length++ {
		s := Shape{"P", length}
		for first := range modulus { // the differences of two places take every value as the first character goes round
			raw := []byte(strings.Repeat("2", length))
			for i := range length - 1 {
				raw[i] = alphabet[(first*(i+1)+i*i)%modulus]
			}
			raw[length-1] = checkCharacter(raw[:length-1])
			if !s.Spelt("P" + string(raw)) {
				t.Fatalf("%s is not spelt right", raw)
			}
			everyMistake(raw, func(wrong string) {
				if s.Spelt("P" + wrong) {
					t.Fatalf("%s passes for %s", wrong, raw)
				}
			})
		}
	}
}

// everyMistake is every substitution of one character and every swap of two unlike ones.
func everyMistake(raw []byte, try func(string)) {
	for i, was := range raw {
		for _, c := range []byte(alphabet) {
			if raw[i] = c; c != was {
				try(string(raw))
			}
		}
		raw[i] = was
		for j := range i {
			if raw[j] != was {
				raw[i], raw[j] = raw[j], raw[i]
				try(string(raw))
				raw[i], raw[j] = raw[j], raw[i]
			}
		}
	}
}

func TestShapesMeet(t *testing.T) {
	for _, c := range []struct {
		a, b Shape
		want bool
	}{
		{Shape{"A", 10}, Shape{"A", 10}, true},
		{Shape{"A", 10}, Shape{"A", 9}, false},
		{Shape{"", 11}, Shape{"A", 10}, true},
		{Shape{"", 11}, Shape{"O", 10}, false}, // O is not in the alphabet
		{Shape{"AB", 8}, Shape{"A", 9}, true},
		{Shape{"AB", 8}, Shape{"AC", 8}, false},
	} {
		if got := c.a.Meets(c.b); got != c.want || c.b.Meets(c.a) != c.want {
			t.Errorf("%v and %v meet: %v", c.a, c.b, got)
		}
	}
}

// A million codes of a pool are all different, and a guess hits one of them about as often as their share says: never in so few tries.
func TestAMillionCodes(t *testing.T) {
	p := pool(t, 1_000_000, 10, "SPRING-")
	if testing.Short() {
		p.Count = 50_000
	}
	seen := make(map[string]bool, p.Count)
	for n := range p.Count {
		seen[p.Code(n)] = true
	}
	if int64(len(seen)) != p.Count {
		t.Errorf("%d codes of %d are different", len(seen), p.Count)
	}
	if got := MostCodes(10); got != 26_439_622 {
		t.Errorf("a pool of length 10 may have %d codes", got)
	}
}

func FuzzPoolIndex(f *testing.F) {
	p := pool(f, 1000, 8, "SPRING-")
	f.Add(p.Code(3))
	f.Add("spring 2222 2222")
	f.Fuzz(func(t *testing.T, typed string) {
		code := Normalise(typed)
		if code != Normalise(code) {
			t.Fatalf("the normal form of %q is not normal", typed)
		}
		if n, ok := p.Index(code); ok && Normalise(p.Code(n)) != code {
			t.Fatalf("%q is taken for %s", typed, p.Code(n))
		}
	})
}

func BenchmarkPoolCode(b *testing.B) {
	p := pool(b, 1_000_000, 10, "SPRING-")
	b.ReportAllocs()
	for n := int64(0); b.Loop(); n++ {
		_ = p.Code(n % p.Count)
	}
}

func BenchmarkPoolIndex(b *testing.B) {
	p := pool(b, 1_000_000, 10, "SPRING-")
	code := Normalise(p.Code(7))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := p.Index(code); !ok {
			b.Fatal(fmt.Sprint(code, " is not of the pool"))
		}
	}
}

// The same with the pool made for one look-up, as the desk does.
func BenchmarkPoolOpenAndIndex(b *testing.B) {
	p := pool(b, 1_000_000, 10, "SPRING-")
	code := Normalise(p.Code(7))
	b.ReportAllocs()
	for b.Loop() {
		fresh := pool(b, 1_000_000, 10, "SPRING-")
		if _, ok := fresh.Index(code); !ok {
			b.Fatal(code)
		}
	}
}
