package sts

import (
	"context"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// passwordSubject is the grant of resource owner password credentials (RFC 6749 4.3): what az login -u -p sends.
func (s *Service) passwordSubject(ctx context.Context, x *exchange) error {
	name, password := x.request.Form["username"], x.request.Form["password"]
	if name == "" {
		return missing("username")
	}
	if password == "" {
		return missing("password")
	}
	u, err := s.signedIn(ctx, strings.TrimSpace(name), password)
	if err != nil {
		return err
	}
	x.user = u
	x.signIn = signIn{At: x.now}
	return nil
}

// signedIn is the user of that name, whose password it checks.
func (s *Service) signedIn(ctx context.Context, name, password string) (user, error) {
	if s.lockout.locked(name) {
		return user{}, refuse(codeLockedOut, "The account is locked, you've tried to sign in too many times with an incorrect "+
			"user ID or password.")
	}
	u, err := s.directory.VerifyPassword(ctx, name, password)
	switch fault.ReasonOf(err) {
	case directory.UserNotFound:
		return user{}, refuse(codeUserNotFound, "The user account {EUII Hidden} does not exist in the %s directory. To sign into "+
			"this application, the account must be added to the directory.", s.tenantID)
	case directory.InvalidPassword:
		s.lockout.failed(name)
		return user{}, refuse(codeWrongPassword, "Error validating credentials due to invalid username or password.")
	case directory.UserDisabled:
		return user{}, refuse(codeUserDisabled, "The user account is disabled.")
	}
	if err != nil {
		return user{}, fault.Wrap("sts.signedIn", err)
	}
	s.lockout.succeeded(name)
	return shownUser(u), nil
}
