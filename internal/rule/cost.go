package rule

import (
	"boon"

	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
)

// usualItems is how many items a list of a shopper or a cart is taken to have where what an expression costs is told beforehand.
const usualItems = 20

// Affordable refuses an expression that would stop at the cost limit on a usual cart. Only what the interpreter runs can cost that much.
func (e *Env) Affordable(expr string) error {
	checked, err := e.check(expr)
	if err != nil {
		return err
	}
	estimate, err := e.cel.EstimateCost(checked, usual{})
	if err == nil && estimate.Max > costLimit {
		return boon.Invalid("", "the expression is too expensive: with lists of %d items it may take more than the %d steps that one may; put fewer lists within each other, or ask shorter ones", usualItems, costLimit)
	}
	return nil
}

// usual says how long what a row holds is taken to be.
type usual struct{}

// EstimateSize implements cost.Estimator.
func (usual) EstimateSize(x cost.AstNode) *cost.SizeEstimate {
	if x.ComputedSize() != nil {
		return nil
	}
	switch x.Type().Kind() {
	case types.ListKind, types.MapKind, types.StringKind:
		return &cost.SizeEstimate{Max: usualItems}
	}
	return nil
}

// EstimateCallCost implements cost.Estimator: each call costs what CEL says.
func (usual) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}
