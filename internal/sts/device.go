package sts

import (
	"context"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// DeviceResponse is the answer of the device code endpoint (RFC 8628 3.2).
type DeviceResponse struct {
	UserCode, DeviceCode string
	Life, Interval       time.Duration
}

// userCodeLetters leaves out what is easily taken for something else.
const userCodeLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// DeviceCode begins a sign-in that a user finishes in a browser elsewhere.
func (s *Service) DeviceCode(ctx context.Context, r TokenRequest) (DeviceResponse, error) {
	const op = "sts.DeviceCode"
	if err := s.CheckTenant(r.Tenant, r.Version); err != nil {
		return DeviceResponse{}, err
	}
	c, err := s.client(ctx, &r)
	if err != nil {
		return DeviceResponse{}, err
	}
	a, err := s.asks(&exchange{request: &r}, true)
	if err != nil {
		return DeviceResponse{}, err
	}
	if _, err := s.audience(ctx, r.Version, a); err != nil {
		return DeviceResponse{}, err
	}
	out := DeviceResponse{Life: deviceLife, Interval: 5 * time.Second}
	if out.DeviceCode, err = s.newCode(); err != nil {
		return DeviceResponse{}, fault.Wrap(op, err)
	}
	letters, err := s.random(9)
	if err != nil {
		return DeviceResponse{}, fault.Wrap(op, err)
	}
	for n := range letters {
		letters[n] = userCodeLetters[int(letters[n])%len(userCodeLetters)]
	}
	out.UserCode = string(letters)
	now := s.clock.Now()
	p := pending{
		ClientID: c.id, Expires: now.Add(deviceLife),
		SignIn: signIn{Resource: r.Form["resource"], Scope: r.Form["scope"]},
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		key := pendingKey(pendingDevice, out.DeviceCode)
		if err := addPending(tx, pendingDevice, key, p, now); err != nil {
			return err
		}
		// The user's code has a record of its own that expires with it and leads to the other.
		link := pending{Device: key, Expires: p.Expires}
		return addPending(tx, pendingUser, pendingKey(pendingUser, out.UserCode), link, now)
	})
	return out, fault.Wrap(op, err)
}

// ApproveDevice signs a user in to whoever holds the device code that belongs to a user code.
func (s *Service) ApproveDevice(ctx context.Context, userCode, name, password string) error {
	userCode = strings.ToUpper(strings.TrimSpace(userCode))
	wrong := refuse(codeBadVerificationCode, "Invalid verification code. Check the code and try again.")
	now := s.clock.Now()
	var waiting bool
	err := store.View(ctx, s.store, func(r store.Reader) error {
		link, ok, err := readPending(r, pendingKey(pendingUser, userCode))
		waiting = ok && !link.Used && now.Before(link.Expires)
		return err
	})
	if err != nil {
		return fault.Wrap("sts.ApproveDevice", err)
	}
	if !waiting {
		return wrong
	}
	u, err := s.signedIn(ctx, name, password)
	if err != nil {
		return err
	}
	begun, err := s.begin(ctx, u)
	if err != nil {
		return err
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		key := pendingKey(pendingUser, userCode)
		link, ok, err := readPending(tx, key)
		if err != nil {
			return err
		}
		if !ok || link.Used {
			return wrong
		}
		link.Used = true
		if err := putPending(tx, key, link); err != nil {
			return err
		}
		p, ok, err := readPending(tx, link.Device)
		if err != nil {
			return err
		}
		if !ok {
			return wrong
		}
		begun.Resource, begun.Scope = p.SignIn.Resource, p.SignIn.Scope
		p.SignIn = begun
		return putPending(tx, link.Device, p)
	})
	return fault.Wrap("sts.ApproveDevice", err)
}

// deviceSubject is the grant of a device code (RFC 8628 3.4).
func (s *Service) deviceSubject(ctx context.Context, x *exchange) error {
	code := x.request.Form["device_code"]
	if code == "" {
		code = x.request.Form["code"] // of the v1 endpoint
	}
	if code == "" {
		return missing("device_code")
	}
	err := s.store.Update(ctx, func(tx store.Tx) error {
		key := pendingKey(pendingDevice, code)
		p, ok, err := readPending(tx, key)
		switch {
		case err != nil:
			return err
		case !ok || p.ClientID != x.client.id || p.Used:
			return refuse(codeBadVerificationCode, "The device code is not valid for this client, or was redeemed already.")
		case !x.now.Before(p.Expires):
			return refuse(codeDeviceCodeExpired, "OAuth 2.0 device flow error. The device code has expired.")
		case p.SignIn.ObjectID == "":
			return refuse(codeAuthorizationPending, "OAuth 2.0 device flow error. Authorization is pending. Continue polling.")
		}
		p.Used = true
		x.signIn = p.SignIn
		return putPending(tx, key, p)
	})
	if err != nil {
		return err
	}
	return s.stillSignedIn(ctx, x)
}
