package sts

import (
	"bytes"
	"context"

	"github.com/alcedo-cloud/alcedo/internal/store"
)

// refreshSubject is the grant of a refresh token (RFC 6749 6).
func (s *Service) refreshSubject(ctx context.Context, x *exchange) error {
	text := x.request.Form["refresh_token"]
	if text == "" {
		return missing("refresh_token")
	}
	objectID, id, secret, ok := parseRefresh(text)
	if !ok {
		f := refuse(codeMalformedRequest, "Invalid request. Request is malformed or invalid.")
		f.Target = "refresh_token"
		return f
	}
	err := store.View(ctx, s.store, func(r store.Reader) (err error) {
		x.signIn, err = readSignIn(r, objectID, id)
		return err
	})
	if err != nil {
		return err
	}
	at, ok := x.signIn.redeem(secret)
	ours := x.signIn.ClientID == x.client.id || x.signIn.Family && x.client.family
	if !ok || !ours {
		return invalidRefresh()
	}
	if x.now.Sub(at) >= refreshLife {
		return refuse(codeRefreshExpired, "The refresh token has expired due to inactivity. The token was issued on %s and was "+
			"inactive for 90.00:00:00.", instant(at))
	}
	return s.stillSignedIn(ctx, x)
}

// stillSignedIn sets the exchange's user from its sign-in, and refuses when that no longer holds.
func (s *Service) stillSignedIn(ctx context.Context, x *exchange) error {
	u, ok, err := s.directory.UserByID(ctx, x.signIn.ObjectID)
	switch {
	case err != nil:
		return err
	case !ok:
		return s.userDeleted()
	case u.Disabled:
		return refuse(codeUserDisabled, "The user account is disabled.")
	}
	mark, err := s.passwordMark(ctx, u.ObjectID)
	if err != nil {
		return err
	}
	if !bytes.Equal(mark, x.signIn.Password) {
		return refuse(codeGrantRevoked, "The provided grant has expired due to it being revoked, a fresh auth token is needed. "+
			"The user might have changed or reset their password. The grant was issued on '%s'.", instant(x.signIn.At))
	}
	x.user = shownUser(u)
	return nil
}

func (s *Service) userDeleted() error {
	return refuse(codeUserDeleted, "The user account {EUII Hidden} has been deleted from the %s directory. To sign into this "+
		"application, the account must be added to the directory.", s.tenantID)
}
