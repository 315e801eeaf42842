package sts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// Refresh tokens do not expire while they are used; each is good for 90 days after its issue. An older one stays good
// when a newer is issued, since clients refresh in parallel. Source: learn.microsoft.com, "Refresh tokens in the
// Microsoft identity platform".
const (
	refreshLife   = 90 * 24 * time.Hour
	maxRefresh    = 32  // refresh tokens of one sign-in that are good at a time
	maxSignIns    = 128 // sign-ins of one user that are kept
	refreshPrefix = "1.A"
	secretSize    = 32
)

// signIn is a user's sign-in to a client: what its refresh tokens stand for.
type signIn struct {
	ID       string    `json:"id"` // GUID
	ObjectID string    `json:"oid"`
	ClientID string    `json:"client"`
	Family   bool      `json:"family,omitempty"`
	At       time.Time `json:"at"`                 // when the user showed the password
	Resource string    `json:"resource,omitempty"` // of a v1 request
	Scope    string    `json:"scope,omitempty"`    // of a v2 request
	Nonce    string    `json:"nonce,omitempty"`    // of an authorization request
	Password []byte    `json:"password"`           // mark of the user's password then
	Tokens   []issued  `json:"tokens"`             // the latest last
}

// issued is a refresh token, kept as a hash.
type issued struct {
	Sum []byte    `json:"sum"` // SHA-256 of the secret part
	At  time.Time `json:"at"`
}

func signInKey(objectID, id string) []byte { return store.Key("sts", "signin", objectID, id) }

// refreshToken issues the next refresh token of the exchange's sign-in.
func (s *Service) refreshToken(ctx context.Context, x *exchange) (string, error) {
	secret, err := s.random(secretSize + len(uuid.UUID{}))
	if err != nil {
		return "", err
	}
	id := x.signIn.ID
	fresh := id == ""
	if fresh {
		random, err := uuid.FromBytes(secret[secretSize:])
		if err != nil {
			return "", err
		}
		id = random.String()
	}
	secret = secret[:secretSize]
	sum := sha256.Sum256(secret)
	mark, err := s.passwordMark(ctx, x.user.objectID)
	if err != nil {
		return "", err
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		record := x.signIn
		record.Password = mark
		record.ID, record.ObjectID, record.ClientID, record.Family = id, x.user.objectID, x.client.id, x.client.family
		if resource, scope := x.request.Form["resource"], x.request.Form["scope"]; resource != "" || scope != "" {
			record.Resource, record.Scope = resource, scope
		}
		record.Nonce = "" // of the first id_token only
		if fresh {
			if err := pruneSignIns(tx, record.ObjectID, x.now); err != nil {
				return err
			}
		} else if record, err = readSignIn(tx, x.user.objectID, id); err != nil {
			return err
		}
		record.Tokens = append(record.Tokens, issued{Sum: sum[:], At: x.now})
		if extra := len(record.Tokens) - maxRefresh; extra > 0 {
			record.Tokens = record.Tokens[extra:]
		}
		text, err := json.Marshal(record)
		if err != nil {
			return err
		}
		return tx.Put(signInKey(record.ObjectID, id), text)
	})
	if err != nil {
		return "", fault.Wrap("sts.refreshToken", err)
	}
	return formatRefresh(x.user.objectID, id, secret)
}

func readSignIn(r store.Reader, objectID, id string) (signIn, error) {
	item, err := r.Get(signInKey(objectID, id))
	if errors.Is(err, store.ErrNotFound) {
		return signIn{}, invalidRefresh()
	}
	if err != nil {
		return signIn{}, err
	}
	var record signIn
	err = json.Unmarshal(item.Value, &record)
	return record, err
}

// pruneSignIns drops the user's sign-ins that are over, and the stalest where there are too many.
func pruneSignIns(tx store.Tx, objectID string, now time.Time) error {
	type kept struct {
		key  []byte
		last time.Time
	}
	var live []kept
	prefix := store.Prefix("sts", "signin", objectID)
	for item, err := range tx.Scan(prefix, store.End(prefix)) {
		if err != nil {
			return err
		}
		var record signIn
		if err := json.Unmarshal(item.Value, &record); err != nil {
			return err
		}
		if last := record.last(); now.Sub(last) < refreshLife {
			live = append(live, kept{item.Key, last})
		} else if err := tx.Delete(item.Key); err != nil {
			return err
		}
	}
	for len(live) >= maxSignIns {
		oldest := 0
		for n := range live {
			if live[n].last.Before(live[oldest].last) {
				oldest = n
			}
		}
		if err := tx.Delete(live[oldest].key); err != nil {
			return err
		}
		live = append(live[:oldest], live[oldest+1:]...)
	}
	return nil
}

func (s signIn) last() time.Time {
	if len(s.Tokens) == 0 {
		return s.At
	}
	return s.Tokens[len(s.Tokens)-1].At
}

// redeem finds when the refresh token with that secret was issued.
func (s signIn) redeem(secret []byte) (time.Time, bool) {
	sum := sha256.Sum256(secret)
	for _, t := range s.Tokens {
		if bytes.Equal(t.Sum, sum[:]) {
			return t.At, true
		}
	}
	return time.Time{}, false
}

// formatRefresh writes a refresh token: the user, the sign-in and the secret, opaque to clients.
func formatRefresh(objectID, id string, secret []byte) (string, error) {
	user, err := uuid.Parse(objectID)
	if err != nil {
		return "", err
	}
	record, err := uuid.Parse(id)
	if err != nil {
		return "", err
	}
	text := append(append(append([]byte(nil), user[:]...), record[:]...), secret...)
	return refreshPrefix + base64.RawURLEncoding.EncodeToString(text), nil
}

// parseRefresh takes a refresh token apart.
func parseRefresh(text string) (objectID, id string, secret []byte, ok bool) {
	const size = 16
	encoded, ok := strings.CutPrefix(text, refreshPrefix)
	if !ok || len(encoded) != base64.RawURLEncoding.EncodedLen(2*size+secretSize) {
		return "", "", nil, false
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return "", "", nil, false
	}
	return uuid.UUID(data[:size]).String(), uuid.UUID(data[size : 2*size]).String(), data[2*size:], true
}

func invalidRefresh() error {
	return refuse(codeInvalidGrant, "The provided value for the input parameter 'refresh_token' or 'assertion' is not valid.")
}
