package identity

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"boon"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func id(n boon.Namespace, i int) boon.Identifier {
	return boon.Identifier{Namespace: n, Hash: [16]byte{byte(i >> 8), byte(i)}}
}

func anon(i int) boon.Identifier  { return id(boon.NamespaceAnonymous, i) }
func user(i int) boon.Identifier  { return id(boon.NamespaceUser, i) }
func email(i int) boon.Identifier { return id(boon.NamespaceEmail, i) }

// graph is a store of nodes; every write goes through the codec.
type graph struct {
	nodes map[boon.Identifier][]byte
	rules Rules
}

func newGraph() *graph { return &graph{nodes: map[boon.Identifier][]byte{}} }

func (g *graph) load(i boon.Identifier) (Node, error) {
	data, ok := g.nodes[i]
	if !ok {
		return Node{ID: i}, nil
	}
	return Decode(data)
}

func (g *graph) pair(a, b boon.Identifier, change func(a, b *Node) bool) bool {
	x, _ := g.load(a)
	y, _ := g.load(b)
	changed := change(&x, &y)
	g.nodes[a], g.nodes[b] = x.Encode(), y.Encode()
	return changed
}

func (g *graph) see(i boon.Identifier, position boon.Position) {
	n, _ := g.load(i)
	n.See(position)
	g.nodes[i] = n.Encode()
}

func (g *graph) link(p Pair, position boon.Position) bool {
	return g.pair(p.A, p.B, func(a, b *Node) bool { return Link(a, b, p, position, g.rules) })
}

func (g *graph) cut(a, b boon.Identifier) bool {
	return g.pair(a, b, func(a, b *Node) bool { return Cut(a, b, noon, g.rules) })
}

func (g *graph) restore(a, b boon.Identifier) bool {
	return g.pair(a, b, func(a, b *Node) bool { return Restore(a, b, g.rules) })
}

func (g *graph) profile(t interface{ Fatal(...any) }, verified bool, from ...boon.Identifier) Profile {
	p, err := Component(g.load, from, verified, 0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func pair(a, b boon.Identifier) Pair {
	return Pair{A: a, B: b, Verified: true, Source: SourceEvent, At: noon}
}

// A visitor signs in on two devices; support later finds that one was somebody else's.
func TestMergeKeepsTheFirstIDAndACutGivesItBack(t *testing.T) {
	g := newGraph()
	for position, i := range []boon.Identifier{anon(1), anon(2), user(1)} {
		g.see(i, boon.Position(position+1))
	}
	first, second := g.profile(t, false, anon(1)), g.profile(t, false, anon(2))
	g.link(pair(user(1), anon(2)), 4)
	if got := g.profile(t, false, user(1)).ProfileID; got != second.ProfileID {
		t.Errorf("the user took id %s, want that of the device seen before, %s", got, second.ProfileID)
	}
	g.link(pair(user(1), anon(1)), 5)
	whole := g.profile(t, false, anon(2))
	if whole.ProfileID != first.ProfileID || len(whole.Members) != 3 || whole.Root != anon(1) {
		t.Errorf("merged into %+v, want the id given first, %s", whole, first.ProfileID)
	}
	if !g.cut(anon(1), user(1)) || g.cut(user(1), anon(1)) {
		t.Error("an edge is cut once")
	}
	if got := g.profile(t, false, anon(1)); got.ProfileID != first.ProfileID || len(got.Members) != 1 {
		t.Errorf("after the cut the first half is %+v", got)
	}
	if got := g.profile(t, false, user(1)); got.ProfileID != second.ProfileID || len(got.Members) != 2 {
		t.Errorf("after the cut the second half is %+v", got)
	}
	if g.link(pair(user(1), anon(1)), 9); len(g.profile(t, false, user(1)).Members) != 2 {
		t.Error("a later event must not undo a cut")
	}
	if !g.restore(user(1), anon(1)) || !reflect.DeepEqual(g.profile(t, false, user(1)), whole) {
		t.Error("restoring the edge restores the profile")
	}
}

func TestKioskIsBlocked(t *testing.T) {
	g := newGraph()
	for i := 1; i <= 5; i++ {
		g.link(pair(user(i), anon(1)), boon.Position(i))
	}
	if got := g.profile(t, false, user(1)); len(got.Members) != 6 {
		t.Fatalf("five users may share a device: %d members", len(got.Members))
	}
	g.link(pair(user(6), anon(1)), 6)
	for i := 1; i <= 6; i++ {
		if got := g.profile(t, false, user(i)); !slices.Equal(got.Members, []boon.Identifier{user(i)}) {
			t.Errorf("user %d reaches others through a kiosk: %v", i, got.Members)
		}
	}
	if got := g.profile(t, false, anon(1)); !slices.Equal(got.Members, []boon.Identifier{anon(1)}) {
		t.Errorf("the kiosk is not alone: %v", got.Members)
	}
	if got := g.profile(t, false, anon(1), user(3)); !slices.Equal(got.Members, []boon.Identifier{user(3)}) {
		t.Errorf("on a kiosk, the user is the person: %v", got.Members)
	}
	g.cut(user(6), anon(1))
	if got := g.profile(t, false, user(1)); len(got.Members) != 6 {
		t.Errorf("cutting the sixth user unblocks the device: %d members", len(got.Members))
	}
}

func TestContactOnManyDevicesIsBlocked(t *testing.T) {
	g := newGraph()
	for i := 1; i <= 51; i++ {
		g.link(pair(anon(i), email(1)), boon.Position(i))
	}
	n, _ := g.load(email(1))
	if !n.Blocked || n.Reason != BlockedByDevices {
		t.Errorf("an e-mail on 51 devices: blocked %v, %q", n.Blocked, n.Reason)
	}
}

// A stranger's browser claims somebody's e-mail for six accounts: verified walks pass all the same.
func TestStrangersCannotBlockVerifiedEdges(t *testing.T) {
	g := newGraph()
	g.rules.MaxEdges = 10
	g.link(pair(user(1), email(1)), 1)
	for i := 2; i <= 100; i++ {
		p := pair(user(i), email(1))
		p.Verified = false
		g.link(p, boon.Position(i))
	}
	if got := g.profile(t, true, user(1)); !slices.Equal(got.Members, []boon.Identifier{user(1), email(1)}) {
		t.Errorf("verified profile is %v", got.Members)
	}
	if got := g.profile(t, false, user(1)); len(got.Members) != 1 {
		t.Errorf("the e-mail still carries the unverified walk: %v", got.Members)
	}
	n, _ := g.load(email(1))
	if len(n.Edges) > 2*g.rules.MaxEdges {
		t.Errorf("the node grew to %d edges", len(n.Edges))
	}
	g.link(pair(anon(7), email(1)), 200)
	if got := g.profile(t, true, user(1)); !slices.Contains(got.Members, anon(7)) {
		t.Error("unverified edges crowd out a verified one")
	}
}

func TestEdges(t *testing.T) {
	for _, c := range []struct {
		story string
		event boon.Event
		want  []Pair
	}{
		{"one identifier links nothing", boon.Event{Kind: boon.KindTrack, Owner: anon(1)}, nil},
		{"itself links nothing", boon.Event{Kind: boon.KindTrack, Owner: anon(1), Linked: []boon.Identifier{anon(1), {}}}, []Pair{}},
		{"a user on a device, with an e-mail",
			boon.Event{Kind: boon.KindIdentify, Owner: user(1), Linked: []boon.Identifier{anon(1), email(1)}, Verified: true, Time: noon},
			[]Pair{{user(1), anon(1), true, SourceEvent, noon}, {user(1), email(1), true, SourceTrait, noon}}},
		{"an alias", boon.Event{Kind: boon.KindAlias, Owner: user(2), Linked: []boon.Identifier{user(1)}},
			[]Pair{{A: user(2), B: user(1), Source: SourceAlias}}},
	} {
		t.Run(c.story, func(t *testing.T) {
			if got := Edges(c.event); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func anyIdentifier(t *rapid.T, label string) boon.Identifier {
	n := rapid.SampledFrom([]boon.Namespace{boon.NamespaceAnonymous, boon.NamespaceUser, boon.NamespaceEmail}).Draw(t, label+" namespace")
	return id(n, rapid.IntRange(1, 4).Draw(t, label))
}

var anyPair = rapid.Custom(func(t *rapid.T) Pair {
	return Pair{
		A: anyIdentifier(t, "a"), B: anyIdentifier(t, "b"), Verified: rapid.Bool().Draw(t, "verified"),
		Source: rapid.SampledFrom([]string{SourceEvent, SourceAlias}).Draw(t, "source"),
		At:     noon.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "minute")) * time.Minute),
	}
})

// build links the pairs, everything having been seen at a position that depends on the identifier alone.
func build(pairs []Pair) *graph {
	g := newGraph()
	g.rules = Rules{MaxUsersPerIdentifier: 2, MaxDevicesPerContact: 2}
	for _, n := range []boon.Namespace{boon.NamespaceAnonymous, boon.NamespaceUser, boon.NamespaceEmail} {
		for i := 1; i <= 4; i++ {
			g.see(id(n, i), boon.Position(100-7*i+int(n)))
		}
	}
	for _, p := range pairs {
		g.link(p, 0)
	}
	return g
}

func TestLinksCommute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOfN(anyPair, 0, 20).Draw(t, "pairs")
		shuffled := slices.Clone(rapid.Permutation(pairs).Draw(t, "shuffled"))
		for i, swap := range rapid.SliceOfN(rapid.Bool(), len(pairs), len(pairs)).Draw(t, "swapped") {
			if swap {
				shuffled[i].A, shuffled[i].B = shuffled[i].B, shuffled[i].A
			}
		}
		if !reflect.DeepEqual(build(pairs).nodes, build(shuffled).nodes) {
			t.Fatal("the order of links shows in the graph")
		}
	})
}

// Components partition the identifiers: whichever member one starts from, the profile is the same.
func TestComponentIsTheSameFromEveryMember(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := build(rapid.SliceOfN(anyPair, 0, 20).Draw(t, "pairs"))
		verified := rapid.Bool().Draw(t, "verified")
		whole := g.profile(t, verified, anyIdentifier(t, "start"))
		for _, member := range whole.Members {
			if got := g.profile(t, verified, member); !reflect.DeepEqual(got, whole) {
				t.Fatalf("from %v: %v, want %v", member, got, whole)
			}
		}
		if again := g.profile(t, verified, whole.Members...); !reflect.DeepEqual(again, whole) {
			t.Fatalf("from all members: %v, want %v", again, whole)
		}
	})
}

// Cutting what a link joined gives the components before it, ids included; restoring gives those after it.
func TestCutUndoesALink(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := build(rapid.SliceOfN(anyPair, 0, 15).Draw(t, "pairs"))
		p := anyPair.Draw(t, "new")
		if n, _ := g.load(p.A); p.A == p.B || slices.ContainsFunc(n.Edges, func(e Edge) bool { return e.To == p.B }) {
			t.Skip("no new edge")
		}
		before := g.all(t)
		g.link(p, 0)
		linked := g.all(t)
		g.cut(p.A, p.B)
		if !reflect.DeepEqual(g.all(t), before) {
			t.Fatal("a cut leaves other components than there were")
		}
		g.restore(p.B, p.A)
		if !reflect.DeepEqual(g.all(t), linked) {
			t.Fatal("a restored edge gives other components than the link did")
		}
	})
}

func (g *graph) all(t *rapid.T) map[boon.Identifier]Profile {
	profiles := map[boon.Identifier]Profile{}
	for i := range g.nodes {
		profiles[i] = g.profile(t, false, i)
	}
	return profiles
}

func TestComponentIsBoundedAndSaysSo(t *testing.T) {
	g := newGraph()
	for i := 1; i <= 40; i++ {
		g.link(pair(user(1), anon(i)), 0)
	}
	got, err := Component(g.load, []boon.Identifier{user(1)}, false, 10)
	if err != nil || len(got.Members) != 10 || !got.Truncated {
		t.Errorf("got %d members, truncated %v, %v", len(got.Members), got.Truncated, err)
	}
	if whole := g.profile(t, false, user(1)); len(whole.Members) != 41 || whole.Truncated {
		t.Errorf("got %d members, truncated %v", len(whole.Members), whole.Truncated)
	}
}

func TestComponentTellsOfAFailedLoad(t *testing.T) {
	broken := errors.New("broken")
	_, err := Component(func(boon.Identifier) (Node, error) { return Node{}, broken }, []boon.Identifier{anon(1)}, false, 0)
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestProfileIDReadsBack(t *testing.T) {
	want := id(boon.NamespaceEmail, 0xbeef)
	got, err := ParseProfileID(ProfileID(want))
	if err != nil || got != want {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	for _, bad := range []string{"", "prf_", "grt_0000", "prf_!!", ProfileID(boon.Identifier{}), ProfileID(want) + "0"} {
		if _, err := ParseProfileID(bad); !errors.Is(err, boon.Refusal(boon.ReasonInvalidRequest)) {
			t.Errorf("%q: got %v, want a refusal", bad, err)
		}
	}
}

func TestSingleIdentifierAllocatesLittle(t *testing.T) {
	node := Node{ID: anon(1), First: 1}
	load := func(boon.Identifier) (Node, error) { return node, nil }
	from := []boon.Identifier{anon(1)}
	event := boon.Event{Owner: anon(1)}
	allocs := testing.AllocsPerRun(100, func() {
		if Edges(event) != nil {
			t.Fatal("edges")
		}
		if _, err := Component(load, from, false, 0); err != nil {
			t.Fatal(err)
		}
	})
	if allocs > 3 {
		t.Errorf("%.0f allocations for an event with one known identifier, want at most 3 (queue, members, id)", allocs)
	}
}

func FuzzDecode(f *testing.F) {
	g := newGraph()
	g.see(user(1), 7)
	g.link(pair(user(1), email(1)), 8)
	g.link(pair(user(1), anon(1)), 9)
	g.cut(user(1), anon(1))
	f.Add(g.nodes[user(1)])
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Decode(data)
		if err != nil {
			return
		}
		if again, err := Decode(n.Encode()); err != nil || !reflect.DeepEqual(again, n) {
			t.Fatalf("what was read does not survive writing: %v", err)
		}
	})
}

func BenchmarkComponent(b *testing.B) {
	for _, size := range []int{1, 3, 30} {
		b.Run(fmt.Sprintf("members=%d", size), func(b *testing.B) {
			g := newGraph()
			g.see(user(1), 1)
			for i := 1; i < size; i++ {
				g.link(pair(user(1), anon(i)), 0)
			}
			nodes := map[boon.Identifier]Node{}
			for i := range g.nodes {
				nodes[i], _ = g.load(i)
			}
			load := func(i boon.Identifier) (Node, error) { return nodes[i], nil }
			from := []boon.Identifier{user(1)}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Component(load, from, false, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
