package boon

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
)

// Namespace says what kind of identifier a hash stands for.
type Namespace uint8

// The namespaces. Their numbers are stored: never renumber.
const (
	NamespaceAnonymous Namespace = iota + 1
	NamespaceUser
	NamespaceEmail
	NamespacePhone
	NamespaceDevice
)

var namespaceNames = [...]string{"", "anonymous", "user", "email", "phone", "device"}

func (n Namespace) String() string {
	if int(n) < len(namespaceNames) {
		return namespaceNames[n]
	}
	return fmt.Sprintf("namespace(%d)", uint8(n))
}

// ParseNamespace reads the name of a namespace.
func ParseNamespace(name string) (Namespace, error) {
	for i, s := range namespaceNames {
		if s == name && i > 0 {
			return Namespace(i), nil
		}
	}
	return 0, fmt.Errorf("unknown namespace %q", name)
}

// Identifier is one cookie, account, e-mail, phone or device: its namespace and the first 128 bits of the HMAC-SHA-256 of its normalised value
// under the instance's key. The raw value is nowhere.
type Identifier struct {
	Namespace Namespace
	Hash      [16]byte
}

// IsZero reports the absent identifier.
func (i Identifier) IsZero() bool { return i.Namespace == 0 }

// String is "user:3f0c...", the form in records, logs and JSON.
func (i Identifier) String() string {
	var room [48]byte
	return string(i.Append(room[:0]))
}

// Append writes the text of String after b.
func (i Identifier) Append(b []byte) []byte {
	return hex.AppendEncode(append(append(b, i.Namespace.String()...), ':'), i.Hash[:])
}

// Compare orders identifiers by namespace, then hash.
func (i Identifier) Compare(j Identifier) int {
	if i.Namespace != j.Namespace {
		return int(i.Namespace) - int(j.Namespace)
	}
	return bytes.Compare(i.Hash[:], j.Hash[:])
}

// MarshalText writes the form of String.
func (i Identifier) MarshalText() ([]byte, error) { return i.Append(nil), nil }

// UnmarshalText reads the form of String.
func (i *Identifier) UnmarshalText(text []byte) error {
	name, hash, _ := strings.Cut(string(text), ":")
	n, err := ParseNamespace(name)
	if err != nil {
		return err
	}
	raw, err := hex.DecodeString(hash)
	if err != nil || len(raw) != len(i.Hash) {
		return fmt.Errorf("identifier %q: want 32 hex digits after the namespace", text)
	}
	i.Namespace = n
	copy(i.Hash[:], raw)
	return nil
}
