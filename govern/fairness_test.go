package govern

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"boon"
)

// fourFifths is a bound as a shop writes it.
func fourFifths(atLeast int64) boon.Fairness {
	return boon.Fairness{Outcome: boon.FairOffered, Ratio: 800_000, Alpha: 50_000, AtLeast: atLeast}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tolerance {
		t.Errorf("%s is %v, want %v within %v", what, got, want, tolerance)
	}
}

// mortgages counts the approvals of the Boston HMDA file (Stock and Watson) by the column afam.
func mortgages(t *testing.T) []Group {
	t.Helper()
	dir := os.Getenv("BOON_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	file, err := os.Open(filepath.Join(dir, "hmda", "hmda.csv.gz"))
	if err != nil {
		t.Skipf("the mortgages are absent; set BOON_SHARED_DATA to the folder that has hmda/: %v", err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(plain).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	groups := []Group{{Name: "yes"}, {Name: "no"}}
	for _, row := range rows[1:] {
		for i := range groups {
			if row[11] == groups[i].Name {
				groups[i].Units++
				groups[i].Favoured += map[string]int64{"no": 1}[row[0]] // not denied
			}
		}
	}
	return groups
}

// Published: an adverse impact ratio of .789967, which fails four fifths, and a difference of .190585.
func TestMortgagesFailFourFifths(t *testing.T) {
	groups := mortgages(t)
	if groups[0].Units+groups[1].Units != 2380 {
		t.Fatalf("the file has 2380 applications: %+v", groups)
	}
	f := Compare(fourFifths(100), groups, 1)
	near(t, "ratio", f.Gap.Ratio, .789967, 1e-6)
	near(t, "difference", f.Gap.Difference, .190585, 1e-6)
	if f.Verdict != Unequal || f.Gap.Low != "yes" || f.Gap.High != "no" || f.Gap.P > 1e-15 || f.Gap.From > .1906 || f.Gap.From < .13 || f.Gap.To < .1906 || f.Gap.To > .25 {
		t.Errorf("found %+v", f)
	}
}

// The examples of the Uniform Guidelines' questions and answers (44 FR 11996, 1979): with hiring rates of 60, 45, 48 and 51 per cent adverse impact is
// indicated at 45/60, and not at 48/60, which is four fifths; and three of 20 men to one of 10 women is too few to say.
func TestTheGuidelinesOwnExamples(t *testing.T) {
	rates := map[string]int64{"american indian": 45, "hispanic": 48, "black": 51}
	for name, hired := range rates {
		f := Compare(fourFifths(30), []Group{{Name: name, Units: 10_000, Favoured: hired * 100}, {Name: "white", Units: 10_000, Favoured: 6000}}, 1)
		near(t, name, f.Gap.Ratio, float64(hired)/60, 1e-12)
		if want := map[bool]Equality{true: Unequal, false: Within}[name == "american indian"]; f.Verdict != want {
			t.Errorf("%s: %s, want %s", name, f.Verdict, want)
		}
	}
	few := []Group{{Name: "women", Units: 10, Favoured: 1}, {Name: "men", Units: 20, Favoured: 3}}
	f := Compare(fourFifths(10), few, 1)
	near(t, "ratio", f.Gap.Ratio, 2.0/3, 1e-12)
	if f.Verdict != Unsure {
		t.Errorf("one of 10 and three of 20: %+v", f)
	}
	if f := Compare(fourFifths(11), few, 1); f.Verdict != TooFew || len(f.Few) != 1 || f.Few[0] != "women" {
		t.Errorf("a group of ten, where eleven are asked: %+v", f)
	}
}

// Published: R's fisher.test on the tea tasting and on the convictions of twins (Fisher 1962); Newcombe's example of 56/70 to 48/80.
func TestDifferencesAgainstPublishedNumbers(t *testing.T) {
	near(t, "tea tasting", fisher(Group{Units: 4, Favoured: 3}, Group{Units: 4, Favoured: 1}), .4857143, 1e-6)
	near(t, "twins", fisher(Group{Units: 12, Favoured: 2}, Group{Units: 18, Favoured: 15}), .0005367, 5e-8)
	from, to := newcombe(Group{Units: 70, Favoured: 56}, Group{Units: 80, Favoured: 48})
	near(t, "Newcombe's lower limit", from, .0524, 5e-5)
	near(t, "Newcombe's upper limit", to, .3339, 5e-5)
	for n := int64(1); n < 200; n++ {
		from, to := newcombe(Group{Units: n, Favoured: n}, Group{Units: n})
		back, forth := newcombe(Group{Units: n}, Group{Units: n, Favoured: n})
		if from < -1 || to > 1 || back < -1 || forth > 1 {
			t.Errorf("all of %d to none: %v to %v, and turned round %v to %v", n, from, to, back, forth)
		}
	}
}

// Where the exact test hands over to the normal one, they say the same.
func TestTestsAgreeWhereTheyMeet(t *testing.T) {
	a := Group{Units: exactUpTo + 1, Favoured: exactUpTo/2 + 100}
	b := Group{Units: 3 * exactUpTo, Favoured: 3 * exactUpTo / 2}
	normal, name := proportions(a, b)
	if exact := fisher(a, b); name != TestProportions || math.Abs(exact/normal-1) > .05 {
		t.Errorf("exact %v, %s %v", exact, name, normal)
	}
}

// play draws groups of people from true rates, with values that are skewed.
func play(r *rand.Rand, units int64, rates ...float64) []Group {
	groups := make([]Group, len(rates))
	for i, rate := range rates {
		groups[i] = Group{Name: string(rune('a' + i)), Units: units}
		for range units {
			if r.Float64() < rate {
				value := int64(500 * math.Exp(r.NormFloat64()/2))
				groups[i].Favoured++
				groups[i].Value += value
				groups[i].Squares = groups[i].Squares.Plus(SquareOf(value))
			}
		}
	}
	return groups
}

// alarms counts worlds in which a bound is passed.
func alarms(bound boon.Fairness, worlds int, units int64, rates ...float64) (n int) {
	r := rand.New(rand.NewPCG(1, 2))
	for range worlds {
		if Compare(bound, play(r, units, rates...), 1).Verdict == Unequal {
			n++
		}
	}
	return n
}

// Simulated truth: where all groups are treated alike, alarms are at most as frequent as the bound says, whatever the ratio is by chance; where one of
// them has half the rate, it is found.
func TestAlarmsAreAsRareAsTheBoundSays(t *testing.T) {
	const worlds = 1000
	for _, outcome := range []boon.FairOutcome{boon.FairOffered, boon.FairValue} {
		bound := fourFifths(100)
		bound.Outcome, bound.Ratio = outcome, boon.Unit // any ratio below 1 is one too many: the test alone keeps the level
		for _, rates := range [][]float64{{.3, .3}, {.1, .1, .1, .1}} {
			if n := alarms(bound, worlds, 400, rates...); n > 70 || n < 10 { // 50 expected at most, and 20 is 3 standard errors
				t.Errorf("%s, %d fair groups: %d alarms in %d fair worlds at a level of 5%%", outcome, len(rates), n, worlds)
			}
		}
		bound.Ratio = 800_000
		if n := alarms(bound, 200, 400, .3, .15); n < 190 {
			t.Errorf("%s: half the rate was found in %d of 200 worlds", outcome, n)
		}
	}
}

// Who looks every hour of twenty days sees chance as often as they look; alpha shared over the looks is that of all of them.
func TestManyLooksKeepAlpha(t *testing.T) {
	const worlds, looks = 100, 480
	bound := fourFifths(100)
	bound.Ratio = boon.Unit
	r := rand.New(rand.NewPCG(3, 4))
	once, shared := 0, 0
	for range worlds {
		groups := []Group{{Name: "a"}, {Name: "b"}}
		var naive, careful bool
		for range looks {
			for i, g := range play(r, 3, .2, .2) {
				groups[i].Units, groups[i].Favoured = groups[i].Units+g.Units, groups[i].Favoured+g.Favoured
			}
			naive = naive || Compare(bound, groups, 1).Verdict == Unequal
			careful = careful || Compare(bound, groups, looks).Verdict == Unequal
		}
		once, shared = once+map[bool]int{true: 1}[naive], shared+map[bool]int{true: 1}[careful]
	}
	if once < 15 || shared > 5 {
		t.Errorf("of %d fair worlds %d raise an alarm at 5%% a look, %d at 5%% shared over the looks", worlds, once, shared)
	}
}

// A bound that is asked often is stricter each time.
func TestAlphaIsSharedOverTheTimesAsked(t *testing.T) {
	groups := []Group{{Name: "a", Units: 200, Favoured: 40}, {Name: "b", Units: 200, Favoured: 62}, {Name: "c", Units: 5}}
	once, often := Compare(fourFifths(100), groups, 1), Compare(fourFifths(100), groups, 720)
	if once.Verdict != Unequal || often.Verdict != Unsure || once.Level != .05 || often.Level != .05/720 {
		t.Errorf("once %+v, often %+v", once, often)
	}
	near(t, "a's ratio to the best", Against(groups[0], groups, fourFifths(100)), 40.0/62, 1e-12)
}

func TestSquaresAreTakenBackExactly(t *testing.T) {
	big := SquareOf(math.MaxInt64)
	if got := big.Plus(SquareOf(3)).Plus(big).Less(big).Less(big); got != (Square{0, 9}) {
		t.Errorf("what is left is %v", got)
	}
	near(t, "the square of a billion", SquareOf(-1_000_000_000).Float(), 1e18, 0)
}
