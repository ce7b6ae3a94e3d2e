package publish

import (
	"strings"

	"boon"

	"go.yaml.in/yaml/v3"
)

// currencies are the active codes of ISO 4217 (list one, without funds, metals and testing codes).
var currencies = strings.Fields(`AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES
KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN
PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG`)

var currency = form[boon.Currency]{
	name: "currency",
	read: func(v value) (boon.Currency, bool) {
		s, ok := v.scalar("a currency code such as USD")
		if !ok {
			return "", false
		}
		for _, c := range currencies {
			if c == s {
				return boon.Currency(s), true
			}
		}
		return "", v.problem("%q is no ISO 4217 currency%s", shorten(s), suggestion(strings.ToUpper(s), currencies))
	},
	write: func(c boon.Currency, _ boon.Currency) *yaml.Node { return plain(string(c)) },
}

// money reads an amount that is not negative: "12.50" in currency c, or {amount, currency}.
func (v value) money(c boon.Currency) (boon.Money, bool) {
	if v.node.Kind == yaml.MappingNode {
		return v.fullMoney()
	}
	if c == "" { // complained of already; how many decimals there are is not known
		_, ok := v.decimal(6)
		return boon.Money{}, ok
	}
	n, ok := v.decimal(c.Exponent())
	if ok && n < 0 {
		return boon.Money{}, v.problem("an amount cannot be negative")
	}
	return boon.Money{Minor: n, Currency: c}, ok
}

// fullAmount is {amount, currency}; the amount is read once its currency is known.
type fullAmount struct {
	money  boon.Money
	amount value
}

var fullAmountFields = object[fullAmount]{
	is("currency", currency, func(a *fullAmount) *boon.Currency { return &a.money.Currency }, "").required(),
	field[fullAmount]{row: row{name: "amount", must: true}, read: func(v value, a *fullAmount) { a.amount = v }},
}

func (v value) fullMoney() (boon.Money, bool) {
	var a fullAmount
	if !fullAmountFields.read(v, &a) || a.amount.node == nil || a.money.Currency == "" {
		return boon.Money{}, false
	}
	if a.amount.node.Kind != yaml.ScalarNode {
		return boon.Money{}, a.amount.problem("expected an amount, found %s", describe(a.amount.node))
	}
	return a.amount.money(a.money.Currency)
}

// amount is money in the shop's currency.
var amount = form[int64]{
	name: "money",
	read: func(v value) (int64, bool) {
		m, ok := v.money(v.currency)
		if ok && v.currency != "" && m.Currency != v.currency {
			return 0, v.problem("the amount is in %s, but the shop's currency is %s", m.Currency, v.currency)
		}
		return m.Minor, ok
	},
	write: func(minor int64, c boon.Currency) *yaml.Node { return moneyNode(minor, c) },
}

func moneyNode(minor int64, c boon.Currency) *yaml.Node {
	n := plain(boon.FormatDecimal(minor, c.Exponent()))
	n.Style = yaml.DoubleQuotedStyle
	return n
}
