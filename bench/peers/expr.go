package main

import (
	"fmt"

	"boon/bench/peers/workload"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// bytecode asks the virtual machine of expr, each promotion a program.
type bytecode struct {
	set      workload.Set
	programs []*vm.Program
	inputs   []map[string]any
	machine  vm.VM
	matches  []int32
}

func openExpr(s workload.Set) (asker, error) {
	x := &bytecode{set: s}
	for q := range s.Requests {
		x.inputs = append(x.inputs, exprInput(&s.Requests[q]))
	}
	for _, p := range s.Promotions {
		program, err := expr.Compile(expression(p), expr.Env(x.inputs[0]), expr.AsBool())
		if err != nil {
			return nil, fmt.Errorf("compile %s: %w", p.ID, err)
		}
		x.programs = append(x.programs, program)
	}
	return x, nil
}

// exprInput is a map, which expr reads faster than a struct; its lists are sets, which it searches faster than lists.
func exprInput(r *workload.Request) map[string]any {
	set := func(texts []string) map[string]bool {
		m := map[string]bool{}
		for _, text := range texts {
			m[text] = true
		}
		return m
	}
	return map[string]any{
		"segments": set(r.Customer.Segments), "categories": set(r.Categories()), "country": r.Customer.Country, "channel": r.Customer.Channel,
		"total": int(r.Cart.Total), "now": int(r.Now),
	}
}

func (x *bytecode) ask(q int) (workload.Answer, error) {
	x.matches = x.matches[:0]
	for i, p := range x.programs {
		v, err := x.machine.Run(p, x.inputs[q])
		if err != nil {
			return workload.Answer{}, err
		}
		if v == true {
			x.matches = append(x.matches, int32(i))
		}
	}
	return workload.Answer{Matches: x.matches, Best: x.set.Best(q, x.matches)}, nil
}
