package seal

import (
	"strings"
	"unicode/utf8"

	"boon"
)

// maxLength bounds a raw identifier, bytes.
const maxLength = 255

// junk is what broken integrations send for an identifier. Taken for real, it would make all their shoppers one person.
var junk = map[string]bool{
	"null": true, "(null)": true, "nil": true, "none": true, "(none)": true, "undefined": true, "nan": true, "n/a": true, "na": true,
	"not set": true, "(not set)": true, "not_set": true, "empty": true, "blank": true, "default": true, "true": true, "false": true, "-1": true,
	"anonymous": true, "anon": true, "guest": true, "unknown": true, "test": true, "user": true, "userid": true, "user_id": true, "anonymousid": true,
	"email": true, "phone": true, "deviceid": true, "device_id": true, "[object object]": true, "{}": true, "[]": true, `""`: true, "''": true,
	"-": true, "--": true, "?": true, "xxx": true,
}

// Normalise gives the one form of a raw value by which its owner is known, or false when it identifies nobody: junk, templates that were not filled in,
// what is not an e-mail address or not a telephone number with its country, and what is longer than 255 bytes.
func Normalise(namespace boon.Namespace, raw string) (string, bool) {
	value := strings.TrimSpace(raw)
	if len(value) > maxLength || !utf8.ValidString(value) || isJunk(value) {
		return "", false
	}
	switch namespace {
	case boon.NamespaceEmail:
		return normaliseEmail(value)
	case boon.NamespacePhone:
		return normalisePhone(value)
	}
	return value, true
}

func isJunk(value string) bool {
	if strings.Trim(value, "0-.+ ") == "" { // empty, 0, 00, an all-zero UUID or phone
		return true
	}
	if strings.Contains(value, "{{") || strings.Contains(value, "${") {
		return true
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return true
	}
	return junk[strings.ToLower(value)]
}

func normaliseEmail(value string) (string, bool) {
	value = strings.ToLower(value)
	local, domain, _ := strings.Cut(value, "@")
	if local == "" || junk[local] && junk[strings.SplitN(domain, ".", 2)[0]] {
		return "", false
	}
	if strings.ContainsAny(domain, "@") || strings.ContainsAny(value, " \t<>,;") {
		return "", false
	}
	if !strings.Contains(domain, ".") || strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.Contains(domain, "..") {
		return "", false
	}
	return value, len(value) <= maxLength
}

// normalisePhone gives E.164: + and 8 to 15 digits, of which the first is not 0.
func normalisePhone(value string) (string, bool) {
	if rest, ok := strings.CutPrefix(value, "00"); ok {
		value = "+" + rest
	}
	rest, ok := strings.CutPrefix(value, "+")
	if !ok {
		return "", false
	}
	rest = strings.Replace(rest, "(0)", "", 1) // the trunk prefix, which is not dialled behind a country's
	digits := make([]byte, 1, 16)
	digits[0] = '+'
	for _, r := range rest {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case !strings.ContainsRune(" -./()\u00a0", r):
			return "", false
		}
	}
	if n := len(digits) - 1; n < 8 || n > 15 || digits[1] == '0' {
		return "", false
	}
	return string(digits), true
}
