package ingest

import (
	"strings"

	"boon"
)

// place reads where and on what the event happened.
func (n *normaliser) place() {
	m := n.m
	c := &n.event.Context
	c.Country, c.Region = placeOf(m.contextValue("location"))
	c.Timezone = m.contextValue("timezone").text()
	c.Locale = m.contextValue("locale").text()
	c.Store = n.store()
	c.Device = n.device()
	c.Channel = n.channel()
	c.GPC = m.GPC || m.contextValue("gpc").kind() == tapeTrue
}

// placeOf is where a location says: by the first way of telling a country that is understood. One that is told in no such way is unknown, which is not as if
// none were told: silence means no there.
func placeOf(location value) (country, region string) {
	region = location.get("region").text()
	told := false
	for _, key := range []string{"countryCode", "country_code", "country"} {
		text := location.get(key).text()
		told = told || text != ""
		if country, _ = boon.PlaceOf(text, ""); country != "" {
			break
		}
	}
	if country, region = boon.PlaceOf(country, region); country == "" && told {
		country = boon.CountryUnknown
	}
	return country, region
}

func (n *normaliser) store() string {
	store := n.m.contextValue("store")
	if store.kind() == tapeObject {
		return store.get("id").text()
	}
	return store.text()
}

// channel is what the context says, else what the message gives away.
func (n *normaliser) channel() string {
	m := n.m
	if said := m.contextValue("channel"); said.kind() == tapeString {
		return strings.ToLower(said.text())
	}
	switch {
	case m.contextValue("store").present():
		return "store"
	case m.Kind == boon.KindScreen, m.contextValue("app").present(), m.contextValue("device").get("id").present():
		return "app"
	case m.Kind == boon.KindPage, m.contextValue("page").present(), strings.HasPrefix(m.contextValue("userAgent").text(), "Mozilla/"):
		return "web"
	}
	switch m.root.get("channel").text() {
	case "browser":
		return "web"
	case "mobile":
		return "app"
	}
	return ""
}

// device is the class of device, from its type or the user agent, of which nothing else is kept.
func (n *normaliser) device() string {
	switch kind := strings.ToLower(n.m.contextValue("device").get("type").text()); kind {
	case "mobile", "tablet", "desktop", "other":
		return kind
	case "ios", "android", "phone", "smartphone":
		return "mobile"
	}
	if n.m.contextValue("userAgentData").get("mobile").kind() == tapeTrue {
		return "mobile"
	}
	return deviceOf(n.m.contextValue("userAgent").text())
}

func deviceOf(agent string) string {
	has := func(word string) bool { return strings.Contains(agent, word) }
	switch {
	case agent == "":
		return ""
	case has("iPad"), has("Tablet"), has("Kindle"), has("Android") && !has("Mobile"):
		return "tablet"
	case has("Mobi"), has("iPhone"), has("Android"):
		return "mobile"
	case has("Windows"), has("Macintosh"), has("X11"), has("CrOS"):
		return "desktop"
	}
	return "other"
}
