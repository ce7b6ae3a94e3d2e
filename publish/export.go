package publish

import (
	"bytes"
	"fmt"
	"slices"

	"boon"

	"go.yaml.in/yaml/v3"
)

// Export writes a bundle as YAML documents, kind by kind. Loading them gives the same bundle; defaults and the codes of pools are written out.
func Export(b boon.Bundle) ([]byte, error) {
	b.Offers = inherit(b)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	for _, k := range kinds {
		for _, e := range k.elements(&b) {
			e.node.Content = append([]*yaml.Node{plain("kind"), plain(k.name)}, e.node.Content...)
			e.node.Style = 0
			if err := encoder.Encode(e.node); err != nil {
				return nil, fmt.Errorf("write %s %q: %w", k.name, e.id, err)
			}
		}
	}
	if err := encoder.Close(); err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	return out.Bytes(), nil
}

// inherit leaves out the budgets that offers have from their campaigns.
func inherit(b boon.Bundle) []boon.Offer {
	offers := slices.Clone(b.Offers)
	for i, o := range offers {
		if c, ok := b.Campaign(o.Campaign); ok && c.Budget == o.Budget {
			offers[i].Budget = ""
		}
	}
	return offers
}

// maxFlow is how many characters of values a mapping may hold to be written on one line.
const maxFlow = 80

// compact writes a small mapping on one line, as {max: 1, per: 7d}.
func compact(m *yaml.Node) *yaml.Node {
	size := 0
	for _, n := range m.Content {
		size += len(n.Value) + 3
		for _, item := range n.Content {
			size += len(item.Value) + 3
		}
		if n.Kind != yaml.ScalarNode && n.Style&yaml.FlowStyle == 0 {
			return m
		}
	}
	if size <= maxFlow {
		m.Style = yaml.FlowStyle
	}
	return m
}
