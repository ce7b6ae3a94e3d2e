package rule

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// genExpr draws a random expression of a type: "bool", "int", "double", "string", "time" or "span".
func genExpr(t *rapid.T, kind string, depth int) string {
	pick := func(options ...string) string { return rapid.SampledFrom(options).Draw(t, "pick") }
	if depth == 0 {
		switch kind {
		case "bool":
			return pick("profile.return_open", "true", "false", `cart.category("GROCERY")`, "has(event.sku)", "has(cart.total)")
		case "int":
			return pick("profile.orders_90d", "session.views", "cart.lines", "0", "2", "-1", "9223372036854775807", "size(profile.tags)", "size(profile.cohort)")
		case "double":
			return pick("cart.total", "profile.spend", "product.pressure", "0.0", "1.5", "double(cart.lines)")
		case "string":
			return pick("profile.cohort", "product.category", "event.sku", `"lapsing"`, `""`, `product.attributes["colour"]`)
		case "time":
			return pick("now", "profile.last_order_at", `timestamp("2026-01-01T00:00:00Z")`)
		}
		return pick(`duration("14d")`, `duration("1h")`)
	}
	sub := func(kind string) string { return genExpr(t, kind, rapid.IntRange(0, depth-1).Draw(t, "depth")) }
	switch kind {
	case "bool":
		return genBool(pick, sub)
	case "int":
		return fmt.Sprintf("(%s %s %s)", sub("int"), pick("+", "-", "*", "/", "%"), sub("int"))
	case "double":
		return fmt.Sprintf("(%s %s %s)", sub("double"), pick("+", "-", "*", "/"), sub("double"))
	case "string":
		return fmt.Sprintf("(%s + %s)", sub("string"), sub("string"))
	case "time":
		return fmt.Sprintf("(%s %s %s)", sub("time"), pick("+", "-"), sub("span"))
	}
	return fmt.Sprintf("(%s - %s)", sub("time"), sub("time"))
}

func genBool(pick func(...string) string, sub func(string) string) string {
	kind := pick("bool", "int", "double", "string", "time", "span", "mixed")
	switch pick("and", "or", "not", "compare", "compare", "choose", "in", "text") {
	case "and":
		return fmt.Sprintf("(%s && %s)", sub("bool"), sub("bool"))
	case "or":
		return fmt.Sprintf("(%s || %s)", sub("bool"), sub("bool"))
	case "not":
		return "!" + sub("bool")
	case "choose":
		return fmt.Sprintf("(%s ? %s : %s)", sub("bool"), sub("bool"), sub("bool"))
	case "in":
		return pick(fmt.Sprintf(`(%s in ["lapsing", "new"])`, sub("string")), fmt.Sprintf("(%s in profile.tags)", sub("string")), fmt.Sprintf("(%s in [1, 2])", sub("int")), fmt.Sprintf("(%s in product.attributes)", sub("string")))
	case "text":
		return fmt.Sprintf(`%s.%s("l")`, sub("string"), pick("startsWith", "endsWith", "contains", "matches"))
	}
	if kind == "mixed" {
		return fmt.Sprintf("(%s %s %s)", sub("int"), pick("<", "<=", ">", ">="), sub("double"))
	}
	if kind == "bool" {
		return fmt.Sprintf("(%s %s %s)", sub("bool"), pick("==", "!="), sub("bool"))
	}
	return fmt.Sprintf("(%s %s %s)", sub(kind), pick("==", "!=", "<", "<=", ">", ">="), sub(kind))
}

func genRow(t *rapid.T) *testRow {
	row := sampleRow()
	row.values[0] = Int(rapid.SampledFrom([]int64{0, 1, 2, math.MaxInt64, math.MinInt64}).Draw(t, "int"))
	row.values[7] = Double(rapid.SampledFrom([]float64{0, 1.5, 40, math.NaN(), math.Inf(1), 1e300}).Draw(t, "double"))
	row.values[2] = Bool(rapid.Bool().Draw(t, "bool"))
	row.values[4] = Time(rapid.SampledFrom([]time.Time{{}, noon, noon.AddDate(1, 0, 0)}).Draw(t, "time"))
	if rapid.Bool().Draw(t, "sku") {
		row.values[12] = String("lapsing")
	}
	for i := range row.values {
		if rapid.IntRange(0, 9).Draw(t, "missing") == 0 {
			row.values[i] = Value{}
		}
	}
	return row
}

// Closures and cel-go's interpreter are two readings of one text: they agree on the value and on whether there is one.
func TestClosuresAgreeWithInterpreter(t *testing.T) {
	env := testEnv(t)
	asked, fast := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		asked++
		expr := genExpr(t, "bool", 4)
		p, err := env.Compile(expr, WantBool)
		if err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		if !p.Fast() {
			return
		}
		fast++
		slow, err := env.cel.PlanProgram(p.checked)
		if err != nil {
			t.Fatal(err)
		}
		q := &Program{env: env, slow: slow, source: expr}
		row := genRow(t)
		got, errFast := p.Eval(row)
		want, errSlow := q.Eval(row)
		if got != want || (errFast == nil) != (errSlow == nil) {
			t.Fatalf("%s on %v\nclosures: %v %v\ninterpreter: %v %v", expr, row.values, got, errFast, want, errSlow)
		}
	})
	if fast*2 < asked {
		t.Errorf("only %d of %d expressions ran as closures", fast, asked)
	}
}

// Explain is empty exactly when a condition without errors holds.
func TestExplainAgrees(t *testing.T) {
	env := testEnv(t)
	rapid.Check(t, func(t *rapid.T) {
		p, err := env.Compile(genExpr(t, "bool", 3), WantBool)
		if err != nil {
			t.Fatal(err)
		}
		row := genRow(t)
		ok, err := p.Eval(row)
		if err == nil && ok != (p.Explain(row) == "") {
			t.Fatalf("%s is %v, explained as %q", p.Source(), ok, p.Explain(row))
		}
	})
}

func FuzzCompile(f *testing.F) {
	for _, seed := range []string{`cart.total >= 40`, `segment("vip")`, `[1,2].exists(x, x > 1)`, `profile.`, `((((`, `"\u0000" in profile.tags`} {
		f.Add(seed)
	}
	env := testEnv(f)
	row := sampleRow()
	f.Fuzz(func(t *testing.T, expr string) {
		p, err := env.Compile(expr, WantAny)
		if err != nil {
			return
		}
		if _, err := p.Text(row); err == nil {
			_, _ = p.Eval(row)
		}
	})
}
