package main

import (
	"fmt"
	"strings"

	"boon/bench/peers/workload"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// interpreted asks cel-go's interpreter, each promotion a program.
type interpreted struct {
	set      workload.Set
	programs []cel.Program
	inputs   []cel.Activation
	matches  []int32
}

func openCEL(s workload.Set) (asker, error) {
	env, err := cel.NewEnv(
		cel.Variable("segments", cel.ListType(cel.StringType)), cel.Variable("categories", cel.ListType(cel.StringType)),
		cel.Variable("country", cel.StringType), cel.Variable("channel", cel.StringType),
		cel.Variable("total", cel.IntType), cel.Variable("now", cel.IntType))
	if err != nil {
		return nil, err
	}
	x := &interpreted{set: s}
	for _, p := range s.Promotions {
		program, err := celProgram(env, p)
		if err != nil {
			return nil, fmt.Errorf("compile %s: %w", p.ID, err)
		}
		x.programs = append(x.programs, program)
	}
	for q := range s.Requests {
		input, err := celInput(&s.Requests[q])
		if err != nil {
			return nil, err
		}
		x.inputs = append(x.inputs, input)
	}
	return x, nil
}

func celProgram(env *cel.Env, p workload.Promotion) (cel.Program, error) {
	checked, issues := env.Compile(expression(p))
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	return env.Program(checked, cel.EvalOptions(cel.OptOptimize))
}

// expression is a promotion as CEL and as expr read it.
func expression(p workload.Promotion) string {
	parts := make([]string, len(p.Conditions))
	for i, c := range p.Conditions {
		switch c.Kind {
		case workload.Category:
			parts[i] = either(c.Any, "%q in categories")
		case workload.Channel:
			parts[i] = "channel in " + quoted(c.Any)
		case workload.Country:
			parts[i] = "country in " + quoted(c.Any)
		case workload.Segment:
			parts[i] = either(c.Any, "%q in segments")
		case workload.Time:
			parts[i] = fmt.Sprintf("now >= %d && now < %d", c.From, c.To)
		case workload.Total:
			parts[i] = fmt.Sprintf("total >= %d", c.Min)
		}
	}
	return strings.Join(parts, " && ")
}

// celInput holds values of CEL's own types, so that none is converted while it is asked.
func celInput(r *workload.Request) (cel.Activation, error) {
	list := func(texts []string) any { return types.NewStringList(types.DefaultTypeAdapter, texts) }
	return cel.NewActivation(map[string]any{
		"segments": list(r.Customer.Segments), "categories": list(r.Categories()),
		"country": types.String(r.Customer.Country), "channel": types.String(r.Customer.Channel),
		"total": types.Int(r.Cart.Total), "now": types.Int(r.Now),
	})
}

func (x *interpreted) ask(q int) (workload.Answer, error) {
	x.matches = x.matches[:0]
	for i, p := range x.programs {
		v, _, err := p.Eval(x.inputs[q])
		if err != nil {
			return workload.Answer{}, err
		}
		if v == types.True {
			x.matches = append(x.matches, int32(i))
		}
	}
	return workload.Answer{Matches: x.matches, Best: x.set.Best(q, x.matches)}, nil
}
