package govern

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"boon/internal/wire"
)

// visit is a decision as the model remembers it.
type visit struct {
	person int
	day    int64
	gains  []Gain
}

var anyVisit = rapid.Custom(func(t *rapid.T) visit {
	v := visit{person: rapid.IntRange(0, 5).Draw(t, "person"), day: rapid.Int64Range(0, 3).Draw(t, "later")}
	for range rapid.IntRange(0, 2).Draw(t, "gains") {
		v.gains = append(v.gains, Gain{Subject: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "offer"), Value: rapid.Int64Range(0, 900).Draw(t, "value")})
	}
	return v
})

// The sheets of a window count people: whoever came or was given something in it, once, whatever happened how often; and as one when it turns out that
// two are one.
func TestSheetsCountPeople(t *testing.T) {
	const window = 7
	rapid.Check(t, func(t *rapid.T) {
		sheets, members, now := map[int64]Sheet{}, map[int]Member{}, int64(100)
		visits := rapid.SliceOfN(anyVisit, 1, 40).Draw(t, "visits")
		for i := range visits {
			v := &visits[i]
			now += v.day
			v.day = now
			for k := range v.gains {
				v.gains[k].Day = now
			}
			old, known := members[v.person]
			if known {
				post(sheets, old, Count.Less)
			}
			members[v.person] = Join("m", []Member{old}).Decided("g", now, window, v.gains)
			post(sheets, members[v.person], Count.Plus)
		}
		if rapid.Bool().Draw(t, "0 and 1 are one") {
			one := unite(sheets, members, 0, 1)
			for i := range visits {
				if visits[i].person == 1 && one {
					visits[i].person = 0
				}
			}
		}
		total := Sheet{}
		for day := now - window + 1; day <= now; day++ {
			for cell, n := range sheets[day] {
				total[cell] = total[cell].Plus(n)
			}
		}
		got, want := total.Groups([]string{"g"}, "x")[0], expected(visits, now-window+1, "x")
		if got.Units != want.Units || got.Favoured != want.Favoured {
			t.Fatalf("counted %+v, want %+v", got, want)
		}
	})
}

func post(sheets map[int64]Sheet, m Member, how func(a, b Count) Count) {
	for _, e := range m.Entries() {
		if sheets[e.Day] == nil {
			sheets[e.Day] = Sheet{}
		}
		sheets[e.Day][e.Cell] = how(sheets[e.Day][e.Cell], e.Count)
	}
}

// unite makes two people one.
func unite(sheets map[int64]Sheet, members map[int]Member, a, b int) bool {
	x, knownX := members[a]
	y, knownY := members[b]
	if !knownX || !knownY {
		return false
	}
	post(sheets, x, Count.Less)
	post(sheets, y, Count.Less)
	members[a] = Join("m", []Member{x, y, {Measure: "another", Day: 999, Group: "h"}})
	delete(members, b)
	post(sheets, members[a], Count.Plus)
	return true
}

// expected counts by looking at everything that happened.
func expected(visits []visit, since int64, subject string) (g Group) {
	people, given := map[int]bool{}, map[int]bool{}
	for _, v := range visits {
		if v.day < since {
			continue
		}
		people[v.person] = true
		for _, gain := range v.gains {
			given[v.person] = given[v.person] || gain.Subject == subject
		}
	}
	for _, yes := range given {
		if yes {
			g.Favoured++
		}
	}
	g.Units = int64(len(people))
	return g
}

// What is given twice on a day is one gain, what is old is forgotten, and values add up with their squares.
func TestAMemberAddsUp(t *testing.T) {
	m := Member{Measure: "m"}.Decided("g", 100, 7, []Gain{{"x", 100, 300}, {"x", 100, 200}, {"y", 100, 50}})
	m = m.Decided("g", 103, 7, []Gain{{"x", 103, 500}})
	want := []Entry{
		{103, Cell{"g", ""}, Count{People: 1}},
		{103, Cell{"g", ""}, Count{Given: 1, Value: 1050, Squares: SquareOf(1050)}},
		{103, Cell{"g", "x"}, Count{Given: 1, Value: 1000, Squares: SquareOf(1000)}},
		{100, Cell{"g", "y"}, Count{Given: 1, Value: 50, Squares: SquareOf(50)}},
	}
	if got := m.Entries(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if m = m.Decided("h", 107, 7, nil); len(m.Gains) != 1 || m.Group != "h" {
		t.Errorf("a week later %+v is left", m)
	}
}

// What was counted is stored, and nothing else is taken for it.
func FuzzDecodeCount(f *testing.F) {
	f.Add(Count{}.Encode())
	f.Add(Count{People: 3, Given: 1, Value: -5, Squares: Square{1, 2}}.Encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := DecodeCount(data)
		if err != nil {
			return
		}
		if again, err := DecodeCount(n.Encode()); err != nil || again != n {
			t.Errorf("%+v, and again %+v: %v", n, again, err)
		}
	})
}

func FuzzReadMember(f *testing.F) {
	w := wire.Writer{}
	WriteMember(&w, Member{"m", "g", 103, []Gain{{"x", 100, 300}, {"y", 103, -1}}})
	f.Add(w.Buf)
	f.Fuzz(func(t *testing.T, data []byte) {
		r := wire.NewReader(data)
		m := ReadMember(r)
		if r.Err() != nil {
			return
		}
		once := wire.Writer{}
		WriteMember(&once, m)
		if again := ReadMember(wire.NewReader(once.Buf)); again.Measure != m.Measure || !slices.Equal(again.Gains, m.Gains) {
			t.Errorf("%+v, and again %+v", m, again)
		}
	})
}
