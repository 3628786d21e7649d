package seal

import (
	"bytes"
	"errors"
	"testing"

	"github.com/glancegate/glancegate/integration/kit"
)

var secret = []byte("0123456789abcdef")

func sealer(t *testing.T, secret []byte, purpose string) *Sealer {
	t.Helper()
	s, err := New(secret, purpose)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOpensWhatWasSealedForTheName(t *testing.T) {
	s := sealer(t, secret, "test")
	sealed := s.Seal("a", []byte("value"))
	if value, err := sealer(t, secret, "test").Open("a", sealed); err != nil || string(value) != "value" {
		t.Fatalf("Open: %q, %v", value, err)
	}
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"other name":    func() ([]byte, error) { return s.Open("b", sealed) },
		"changed":       func() ([]byte, error) { return s.Open("a", changed) },
		"cut":           func() ([]byte, error) { return s.Open("a", sealed[:20]) },
		"short":         func() ([]byte, error) { return s.Open("a", sealed[:5]) },
		"empty":         func() ([]byte, error) { return s.Open("a", nil) },
		"other secret":  func() ([]byte, error) { return sealer(t, []byte("another secret 16"), "test").Open("a", sealed) },
		"other purpose": func() ([]byte, error) { return sealer(t, secret, "tokens").Open("a", sealed) },
	} {
		if value, err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %q, %v", name, value, err)
		}
	}
}

func TestSealsTheSameValueDifferently(t *testing.T) {
	s := sealer(t, secret, "test")
	if bytes.Equal(s.Seal("a", []byte("value")), s.Seal("a", []byte("value"))) {
		t.Error("two seals of one value are the same: the nonce repeats")
	}
}

func TestNames(t *testing.T) {
	s := sealer(t, secret, "test")
	if s.Name("token") != sealer(t, secret, "test").Name("token") {
		t.Error("one text has two names")
	}
	if s.Name("token") == s.Name("Token") || s.Name("token") == sealer(t, []byte("another secret 16"), "test").Name("token") {
		t.Error("two texts have one name")
	}
}

func TestRefusesShortSecrets(t *testing.T) {
	if _, err := New([]byte("short"), "test"); err == nil {
		t.Error("a secret of 5 characters is taken")
	}
}

func FuzzOpen(f *testing.F) {
	s, err := New(secret, "test")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add(s.Seal("other", []byte("value")))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		defer kit.Cheap(t, len(sealed))()
		if value, err := s.Open("a", sealed); err == nil {
			t.Errorf("%q opens as %q", sealed, value)
		}
	})
}
