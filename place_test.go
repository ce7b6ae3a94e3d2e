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
		{"Germany", "Bayern", "Germany", "Bayern"},
		{"GB", "US-NY", "GB", "US-NY"},
		{"", "", "", ""},
	} {
		got := boon.Context{Country: c.country, Region: c.region}.Placed()
		if got.Country != c.wantCountry || got.Region != c.wantRegion {
			t.Errorf("%q, %q: %q, %q, want %q, %q", c.country, c.region, got.Country, got.Region, c.wantCountry, c.wantRegion)
		}
	}
}
