package sqldb

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"io"
	"strconv"
	"strings"
	"sync"

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

// Matches reports whether a password is the one of the hash. No hash takes as long as a wrong password, so that the time
// does not tell which names there are.
func (h Hash) Matches(password string) bool {
	rounds, salt, ok := h.parts()
	if !ok {
		rounds, salt = passwordRounds, make([]byte, passwordSalt)
	}
	got, err := derive(password, salt, rounds)
	return ok && err == nil && subtle.ConstantTimeCompare([]byte(got), []byte(h)) == 1
}

func (h Hash) parts() (rounds int, salt []byte, ok bool) {
	parts := strings.Split(string(h), "$")
	if len(parts) != 3 {
		return 0, nil, false
	}
	rounds, err := strconv.Atoi(parts[0])
	if err != nil {
		return 0, nil, false
	}
	salt, err = base64.RawStdEncoding.DecodeString(parts[1])
	return rounds, salt, err == nil
}

// verified remembers which password a hash was last found to belong to, so that a pool of connections pays the rounds
// once: a keyed digest that is worth nothing outside of this process.
type verified struct {
	mu     sync.Mutex
	key    [32]byte
	byHash map[Hash][sha256.Size]byte
}

// maxVerified bounds the hashes that are remembered.
const maxVerified = 10_000

func newVerified(random io.Reader) (*verified, error) {
	v := &verified{byHash: map[Hash][sha256.Size]byte{}}
	_, err := io.ReadFull(random, v.key[:])
	return v, err
}

func (v *verified) digest(password string) (d [sha256.Size]byte) {
	mac := hmac.New(sha256.New, v.key[:])
	mac.Write([]byte(password))
	copy(d[:], mac.Sum(nil))
	return d
}

// matches is Hash.Matches with that memory. A wrong password always pays.
func (v *verified) matches(h Hash, password string) bool {
	d := v.digest(password)
	v.mu.Lock()
	known, ok := v.byHash[h]
	v.mu.Unlock()
	if ok && subtle.ConstantTimeCompare(known[:], d[:]) == 1 {
		return true
	}
	if !h.Matches(password) {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.byHash) >= maxVerified {
		clear(v.byHash)
	}
	v.byHash[h] = d
	return true
}
