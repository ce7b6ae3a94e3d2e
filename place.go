package boon

import (
	"cmp"
	"strings"
)

// Placed is c with its place as regimes, disclosures and conditions name it: country and region in upper case, a region such as CA with its country
// before it, and a country that only the region told. What is not understood stays as it came.
func (c Context) Placed() Context {
	country, region := PlaceOf(c.Country, c.Region)
	c.Country, c.Region = cmp.Or(country, c.Country), cmp.Or(region, c.Region)
	return c
}

// CountryUnknown stands for a country that was told and is not understood, as in the Unicode CLDR.
const CountryUnknown = "ZZ"

// PlaceOf reads a country, by ISO 3166-1 alpha-2 or alpha-3 or its name in English, as alpha-2, and a region as ISO 3166-2, each "" when it is none. A region that begins with a country tells it
// where nothing else does.
func PlaceOf(country, region string) (string, string) {
	country, region = countryCode(country), strings.ToUpper(region)
	if whole := len(region) > 3 && len(region) <= 6 && region[2] == '-' && isAlpha(region[:2]); whole {
		return cmp.Or(country, region[:2]), region
	}
	if country == "" || region == "" || len(region) > 3 {
		return country, ""
	}
	return country, country + "-" + region
}

func countryCode(text string) string {
	if len(text) == 2 && isAlpha(text) {
		return strings.ToUpper(text)
	}
	if len(text) < 3 || len(text) > maxName {
		return ""
	}
	return countryNames()[foldName(text)]
}

// maxName is longer than any name of a country.
const maxName = 80

func isAlpha(text string) bool {
	for i := range len(text) {
		if c := text[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}
