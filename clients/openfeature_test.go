package clients_test

import "testing"

func TestOpenFeatureNodeEvaluates(t *testing.T) {
	url, _ := start(t, "../examples/boutique")
	runNode(t, "openfeature-node", "BOON_URL="+url, "BOON_KEY="+apiKey)
}
