package seal_test

import (
	"strings"
	"testing"

	"boon"
	"boon/internal/seal"

	"pgregory.net/rapid"
)

func TestNormalise(t *testing.T) {
	const refused = "\x00"
	cases := []struct {
		namespace boon.Namespace
		raw, want string
	}{
		{boon.NamespaceEmail, " Ann.Lee@Example.COM ", "ann.lee@example.com"},
		{boon.NamespaceEmail, "ann+shop@mail.example.co.uk", "ann+shop@mail.example.co.uk"},
		{boon.NamespaceEmail, "ann@localhost", refused},
		{boon.NamespaceEmail, "ann@@example.com", refused},
		{boon.NamespaceEmail, "ann@x@example.com", refused},
		{boon.NamespaceEmail, "@example.com", refused},
		{boon.NamespaceEmail, "ann@.com", refused},
		{boon.NamespaceEmail, "ann@example.", refused},
		{boon.NamespaceEmail, "Ann <ann@example.com>", refused},
		{boon.NamespaceEmail, "test@test.com", refused},
		{boon.NamespaceEmail, "ann", refused},
		{boon.NamespaceEmail, strings.Repeat("a", 250) + "@example.com", refused},

		{boon.NamespacePhone, "+1 (212) 555-0100", "+12125550100"},
		{boon.NamespacePhone, "0044 20 7946 0000", "+442079460000"},
		{boon.NamespacePhone, "+44 (0) 20 7946 0000", "+442079460000"},
		{boon.NamespacePhone, "+49.30.901820", "+4930901820"},
		{boon.NamespacePhone, "212 555 0100", refused},
		{boon.NamespacePhone, "020 7946 0000", refused},
		{boon.NamespacePhone, "+1234567", refused},
		{boon.NamespacePhone, "+12345678", "+12345678"},
		{boon.NamespacePhone, "+123456789012345", "+123456789012345"},
		{boon.NamespacePhone, "+1234567890123456", refused},
		{boon.NamespacePhone, "+0123456789", refused},
		{boon.NamespacePhone, "+1 212 CALL NOW", refused},
		{boon.NamespacePhone, "+1212555+100", refused},
		{boon.NamespacePhone, "+00000000000", refused},

		{boon.NamespaceUser, "  U-1001\t", "U-1001"},
		{boon.NamespaceUser, "u-1001", "u-1001"},
		{boon.NamespaceUser, "10", "10"},
		{boon.NamespaceUser, "nullable", "nullable"},
		{boon.NamespaceAnonymous, "3f0c9a1e-0000-4000-8000-000000000000", "3f0c9a1e-0000-4000-8000-000000000000"},
		{boon.NamespaceDevice, "00000000-0000-0000-0000-000000000000", refused},
		{boon.NamespaceAnonymous, strings.Repeat("é", 128), refused},
		{boon.NamespaceUser, strings.Repeat("u", 255), strings.Repeat("u", 255)},
		{boon.NamespaceUser, "{{ user.id }}", refused},
		{boon.NamespaceUser, "${userId}", refused},
		{boon.NamespaceUser, "a\x00b", refused},
		{boon.NamespaceUser, "\xff\xfe", refused},
	}
	for _, junk := range []string{"", " ", "null", "NULL", "undefined", "None", "nil", "NaN", "0", "-1", "anonymous", "Guest", "unknown", "test", "n/a", "N/A", "[object Object]", "false"} {
		for _, namespace := range []boon.Namespace{boon.NamespaceAnonymous, boon.NamespaceUser, boon.NamespaceEmail, boon.NamespacePhone, boon.NamespaceDevice} {
			cases = append(cases, struct {
				namespace boon.Namespace
				raw, want string
			}{namespace, junk, refused})
		}
	}
	for _, c := range cases {
		got, ok := seal.Normalise(c.namespace, c.raw)
		if !ok {
			got = refused
		}
		if got != c.want {
			t.Errorf("%v %q gives %q, want %q", c.namespace, c.raw, got, c.want)
		}
	}
}

// A normalised value is a fixed point: who is hashed once is hashed the same again.
func TestNormaliseTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		normaliseTwice(t, boon.Namespace(rapid.IntRange(1, 5).Draw(t, "namespace")), rapid.String().Draw(t, "raw"))
	})
}

func FuzzNormalise(f *testing.F) {
	for _, raw := range []string{"Ann@Example.com", "+44 (0)20 7946 0000", " u1 ", "null", "0012125550100", "İ@x.y"} {
		for n := boon.NamespaceAnonymous; n <= boon.NamespaceDevice; n++ {
			f.Add(uint8(n), raw)
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, raw string) { normaliseTwice(t, boon.Namespace(n), raw) })
}

func normaliseTwice(t interface{ Fatalf(string, ...any) }, namespace boon.Namespace, raw string) {
	once, ok := seal.Normalise(namespace, raw)
	if !ok {
		return
	}
	if once == "" || len(once) > 255 {
		t.Fatalf("%v %q was accepted as %q", namespace, raw, once)
	}
	if twice, ok := seal.Normalise(namespace, once); !ok || twice != once {
		t.Fatalf("%v %q gives %q, then %q", namespace, raw, once, twice)
	}
}
