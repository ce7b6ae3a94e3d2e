package boon

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"
)

// countryNames are the ISO 3166-1 alpha-2 codes of countries by their folded names in English and by their alpha-3 codes.
var countryNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	english := display.English.Regions()
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			code := string(first) + string(second)
			region, err := language.ParseRegion(code)
			name := english.Name(region)
			if err != nil || name == "" || region.Canonicalize().String() != code || region.ISO3() == noISO3 { // past, or no country
				continue
			}
			names[foldName(name)], names[foldName(region.ISO3())] = code, code
		}
	}
	for name, code := range otherNames {
		names[foldName(name)] = code
	}
	return names
})

// noISO3 is the alpha-3 code of regions that have none, such as the euro zone.
const noISO3 = "ZZZ"

// otherNames are names in use beside those of the Unicode CLDR.
var otherNames = map[string]string{
	"United States of America": "US", "Great Britain": "GB", "Britain": "GB", "England": "GB", "Scotland": "GB", "Wales": "GB", "Northern Ireland": "GB",
	"United Kingdom of Great Britain and Northern Ireland": "GB", "Republic of Ireland": "IE", "Holland": "NL", "Czech Republic": "CZ", "Turkey": "TR", "Türkiye": "TR",
	"Republic of Lithuania": "LT", "Slovak Republic": "SK", "Macedonia": "MK", "North Macedonia": "MK", "Republic of Moldova": "MD", "Moldova, Republic of": "MD",
	"Russian Federation": "RU", "Republic of Korea": "KR", "Korea, Republic of": "KR", "Viet Nam": "VN", "Hong Kong": "HK", "Macao": "MO", "Macau": "MO",
	"Taiwan, Province of China": "TW", "Myanmar": "MM", "Burma": "MM", "Ivory Coast": "CI", "Cabo Verde": "CV", "Swaziland": "SZ", "Eswatini": "SZ", "Palestine": "PS",
	"Iran, Islamic Republic of": "IR", "Tanzania, United Republic of": "TZ", "Syrian Arab Republic": "SY", "Lao People's Democratic Republic": "LA",
	"Bolivia, Plurinational State of": "BO", "Venezuela, Bolivarian Republic of": "VE", "Brunei Darussalam": "BN", "Hashemite Kingdom of Jordan": "JO",
	"Holy See": "VA", "Democratic Republic of the Congo": "CD", "Republic of the Congo": "CG", "Congo": "CG",
}

// foldName takes from a name what its spellings differ in: case, accents, marks, articles and conjunctions.
func foldName(name string) string {
	var b strings.Builder
	for word := range strings.FieldsSeq(norm.NFD.String(strings.ToLower(name))) {
		word = strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return r
			}
			return -1
		}, word)
		switch {
		case word == "the", word == "and" && b.Len() > 0: // alone it is Andorra
		case word == "saint":
			b.WriteString("st")
		default:
			b.WriteString(word)
		}
	}
	return b.String()
}
