package boon_test

import (
	"testing"

	"boon"
)

func TestPlaced(t *testing.T) {
	for _, c := range []struct{ country, region, wantCountry, wantRegion string }{
		{"DE", "DE-BY", "DE", "DE-BY"},
		{"de", "de-by", "DE", "DE-BY"},
		{"", "us-ny", "US", "US-NY"},
		{"us", "ca", "US", "US-CA"},
		{"", "CA", "", "CA"},
		{"Germany", "Bayern", "DE", "Bayern"},
		{"germany", "by", "DE", "DE-BY"},
		{"DEU", "", "DE", ""},
		{"AND", "", "AD", ""},
		{"Eurozone", "", "Eurozone", ""},
		{"United States of America", "CA", "US", "US-CA"},
		{"The Netherlands", "", "NL", ""},
		{"Bosnia and Herzegovina", "", "BA", ""},
		{"Saint Lucia", "", "LC", ""},
		{"Côte d'Ivoire", "", "CI", ""},
		{"Turkiye", "", "TR", ""},
		{"Narnia", "", "Narnia", ""},
		{"Europe", "", "Europe", ""},
		{"...", "", "...", ""},
		{"GB", "US-NY", "GB", "US-NY"},
		{"", "", "", ""},
	} {
		got := boon.Context{Country: c.country, Region: c.region}.Placed()
		if got.Country != c.wantCountry || got.Region != c.wantRegion {
			t.Errorf("%q, %q: %q, %q, want %q, %q", c.country, c.region, got.Country, got.Region, c.wantCountry, c.wantRegion)
		}
	}
}
