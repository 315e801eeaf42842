package directory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Passwords that people choose are kept as Argon2id (RFC 9106), with one of the parameter sets that OWASP's Password
// Storage Cheat Sheet recommends: the one of the least memory, since several may be computed at once.
const (
	argonMemory = 7 << 10 // KiB
	argonTime   = 5
	hashSize    = 32
	saltSize    = 16
	maxHashes   = 2   // computed at once, so that a flood of sign-ins takes neither memory nor all processors
	maxPassword = 256 // characters, Entra's limit
)

// The start of a stored hash names the function: "scheme$salt$hash", both base64.
const (
	schemeArgon2id = "argon2id-7168-5-1"
	schemeSHA256   = "sha256" // for generated passwords only: 128 bits of chance need no slow function
)

// Reasons why a credential does not hold.
const (
	UserNotFound    = "UserNotFound"
	UserDisabled    = "UserDisabled"
	InvalidPassword = "InvalidPassword"
)

// NewPassword draws a password that satisfies Entra's complexity rule, with 144 bits of chance.
func (s *Service) NewPassword() (string, error) {
	text, err := s.drawText(24)
	return "Al1~" + text, err
}

// drawText draws n characters of an alphabet of 64. None of them is a hyphen: behind the option of a command, a secret that
// begins with one is taken for another option.
func (s *Service) drawText(n int) (string, error) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._"
	b := make([]byte, n)
	if _, err := io.ReadFull(s.rand, b); err != nil {
		return "", err
	}
	for i := range b {
		b[i] = alphabet[b[i]&63]
	}
	return string(b), nil
}

func (s *Service) hash(password string, generated bool) (string, error) {
	if len(password) > 4*maxPassword {
		return "", invalid("passwordProfile", "The specified password does not comply with password complexity requirements. Please provide a different password.")
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(s.rand, salt); err != nil {
		return "", err
	}
	scheme := schemeArgon2id
	if generated {
		scheme = schemeSHA256
	}
	sum, err := derive(scheme, password, salt)
	if err != nil {
		return "", err
	}
	enc := base64.RawStdEncoding
	return scheme + "$" + enc.EncodeToString(salt) + "$" + enc.EncodeToString(sum), nil
}

func derive(scheme, password string, salt []byte) ([]byte, error) {
	switch scheme {
	case schemeArgon2id:
		return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, 1, hashSize), nil
	case schemeSHA256:
		sum := sha256.Sum256(append(bytes.Clone(salt), password...))
		return sum[:], nil
	}
	return nil, fmt.Errorf("directory: password scheme %q is not known", scheme)
}

// matches compares a password with a stored hash.
func matches(stored, password string) (bool, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 3 {
		return false, fmt.Errorf("directory: stored password has %d parts", len(parts))
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[1])
	if err != nil {
		return false, err
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[2])
	if err != nil {
		return false, err
	}
	got, err := derive(parts[0], password, salt)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

// VerifyPassword says whether a user's password holds. The refusals are faults Unauthenticated with the reasons
// UserNotFound, InvalidPassword and UserDisabled, the last only once the password has been found right.
func (s *Service) VerifyPassword(ctx context.Context, userPrincipalName, password string) (User, error) {
	const op = "directory.VerifyPassword"
	st, err := s.mirror.View(ctx)
	if err != nil {
		return User{}, fault.Wrap(op, err)
	}
	st.mu.RLock()
	u := st.users[st.names[uniqueName{spaceUPN, strings.ToLower(userPrincipalName)}]]
	st.mu.RUnlock()
	if u == nil {
		return User{}, fault.New(fault.Unauthenticated, op, UserNotFound, "The user account does not exist in the directory.")
	}
	wrong := fault.New(fault.Unauthenticated, op, InvalidPassword, "Invalid username or password.")
	if u.PasswordHash == "" || len(password) > 4*maxPassword {
		return User{}, wrong
	}
	select {
	case s.hashes <- struct{}{}:
		defer func() { <-s.hashes }()
	case <-ctx.Done():
		return User{}, fault.Wrap(op, ctx.Err())
	}
	ok, err := matches(u.PasswordHash, password)
	switch {
	case err != nil:
		return User{}, fault.Wrap(op, err)
	case !ok:
		return User{}, wrong
	case u.Disabled:
		return User{}, fault.New(fault.Unauthenticated, op, UserDisabled, "The user account is disabled.")
	}
	return u.shown(), nil
}
