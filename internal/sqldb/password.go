package sqldb

import (
	"crypto/pbkdf2"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"strconv"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// passwordRounds is the number of rounds of PBKDF2 with SHA-512 for the passwords of SQL logins. A login pays it each
// time, so it is what SQL Server 2025 and its kin pay: tens of milliseconds.
const passwordRounds = 100_000

const passwordSalt = 16 // bytes

// Hash makes the salted hash of a password: rounds, salt and hash between dollars.
func (s *Service) Hash(password string) (Hash, error) {
	salt := make([]byte, passwordSalt)
	if _, err := io.ReadFull(s.Rand, salt); err != nil {
		return "", fault.Wrap("sqldb.Hash", err)
	}
	return derive(password, salt, passwordRounds)
}

func derive(password string, salt []byte, rounds int) (Hash, error) {
	key, err := pbkdf2.Key(sha512.New, password, salt, rounds, 32)
	if err != nil {
		return "", fault.Wrap("sqldb.derive", err)
	}
	code := base64.RawStdEncoding.EncodeToString
	return Hash(strconv.Itoa(rounds) + "$" + code(salt) + "$" + code(key)), nil
}

// Matches reports whether a password is the one of the hash.
func (h Hash) Matches(password string) bool {
	parts := strings.Split(string(h), "$")
	if len(parts) != 3 {
		return false
	}
	rounds, err := strconv.Atoi(parts[0])
	if err != nil {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[1])
	if err != nil {
		return false
	}
	got, err := derive(password, salt, rounds)
	return err == nil && subtle.ConstantTimeCompare([]byte(got), []byte(h)) == 1
}
