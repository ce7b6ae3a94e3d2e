package offer

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCode(t *testing.T) {
	key := []byte("instance")
	code := Code(key, "grt_1")
	if want := "49YX-E77D-Q92"; code != want { // a contract: codes are printed on paper
		t.Errorf("got %s, want %s", code, want)
	}
	if code != Code(key, "grt_1") || code == Code(key, "grt_2") || code == Code([]byte("other"), "grt_1") {
		t.Error("a code depends on key and grant, and on nothing else")
	}
	for _, typed := range []string{code, strings.ToLower(code), " " + strings.ReplaceAll(code, "-", " ") + " ", strings.ReplaceAll(code, "-", "")} {
		if !Valid(typed) {
			t.Errorf("%q is not valid", typed)
		}
	}
	for _, wrong := range []string{"", "SPRING10", code + "2", "OOOO-OOOO-OOO", "ÄÄÄÄ-ÄÄÄÄ"} {
		if Valid(wrong) {
			t.Errorf("%q is valid", wrong)
		}
	}
	if got := Normalise(" spring-10 "); got != "SPRING10" {
		t.Errorf("a public code normalises to %q", got)
	}
}

// The check character catches every mistyped character and every swap of two, at any distance.
func TestCodeCatchesMistakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := []byte(Normalise(Code([]byte("k"), rapid.String().Draw(t, "grant"))))
		if !Valid(string(code)) {
			t.Fatalf("%s is not valid", code)
		}
		for i := range code {
			for _, c := range []byte(alphabet) {
				mistyped := append([]byte(nil), code...)
				if mistyped[i] = c; c != code[i] && Valid(string(mistyped)) {
					t.Fatalf("%s passes for %s", mistyped, code)
				}
			}
			for j := range i {
				swapped := append([]byte(nil), code...)
				if swapped[i], swapped[j] = swapped[j], swapped[i]; code[i] != code[j] && Valid(string(swapped)) {
					t.Fatalf("%s passes for %s", swapped, code)
				}
			}
		}
	})
}

func FuzzValid(f *testing.F) {
	f.Add("ABCD-EFGH-JKM")
	f.Fuzz(func(t *testing.T, code string) {
		if Valid(code) && !Valid(Normalise(code)) {
			t.Fatalf("%q is valid, its normal form is not", code)
		}
	})
}

func BenchmarkCode(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Code([]byte("instance"), "grt_01h2xcejqtf2nbrexx3vqjhp41")
	}
}
