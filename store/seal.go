package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"errors"
)

// ErrSealed says that tokens are encrypted and the key is missing or another one.
var ErrSealed = errors.New("the tokens in this vault are sealed with another key: set FITVAULT_KEY to the one they were saved with, or sign in again")

// deriveSealer returns the cipher of the vault's key, or nil when there is none. A key
// may be a mere passphrase, so it is stretched with the vault's own salt.
func (s *Store) deriveSealer() (cipher.AEAD, error) {
	if len(s.key) == 0 {
		return nil, nil
	}
	key, err := pbkdf2.Key(sha256.New, string(s.key), s.salt, 200_000, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func seal(c cipher.AEAD, plain string) []byte {
	if c == nil {
		return []byte(plain)
	}
	nonce := make([]byte, c.NonceSize())
	rand.Read(nonce)
	return c.Seal(nonce, nonce, []byte(plain), nil)
}

func unseal(c cipher.AEAD, sealed bool, data []byte) (string, error) {
	if !sealed {
		return string(data), nil
	}
	if c == nil || len(data) < c.NonceSize() {
		return "", ErrSealed
	}
	plain, err := c.Open(nil, data[:c.NonceSize()], data[c.NonceSize():], nil)
	if err != nil {
		return "", ErrSealed
	}
	return string(plain), nil
}
