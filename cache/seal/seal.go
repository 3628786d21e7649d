// Package seal protects values outside of the process from being read or modified:
// AES-GCM for values, HMAC for the names of keys.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// Sealer seals values and makes names, with a separate key for each.
type Sealer struct {
	values cipher.AEAD
	names  []byte
}

// MinSecret is the minimum length of a secret, in bytes.
const MinSecret = 16

// New derives a Sealer from a secret. Sealers of one secret and purpose open
// each other's values; purpose is part of the program, not a setting.
func New(secret []byte, purpose string) (*Sealer, error) {
	if len(secret) < MinSecret {
		return nil, fmt.Errorf("has %d characters, but needs at least %d; make one with: openssl rand -base64 32",
			len(secret), MinSecret)
	}
	key, err := hkdf.Key(sha256.New, secret, nil, purpose+" values", 32)
	if err != nil {
		return nil, err
	}
	names, err := hkdf.Key(sha256.New, secret, nil, purpose+" names", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	values, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Sealer{values: values, names: names}, nil
}

// ErrSealed says that a value was not sealed with this secret for this name, or was
// modified.
var ErrSealed = errors.New("the value can't be opened")

// Seal encrypts a value. Open with the same name decrypts it.
func (s *Sealer) Seal(name string, value []byte) []byte {
	sealed := make([]byte, s.values.NonceSize(), s.values.NonceSize()+len(value)+s.values.Overhead())
	_, _ = rand.Read(sealed) // never fails
	return s.values.Seal(sealed, sealed, value, []byte(name))
}

// Open decrypts a value of Seal. The error is ErrSealed.
func (s *Sealer) Open(name string, sealed []byte) ([]byte, error) {
	size := s.values.NonceSize()
	if len(sealed) < size {
		return nil, ErrSealed
	}
	value, err := s.values.Open(nil, sealed[:size], sealed[size:], []byte(name))
	if err != nil {
		return nil, ErrSealed
	}
	return value, nil
}

// Name returns a name for a text that does not reveal the text.
func (s *Sealer) Name(text string) string {
	mac := hmac.New(sha256.New, s.names)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
}
