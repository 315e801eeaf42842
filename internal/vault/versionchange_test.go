package vault

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// versionChange is one that a test makes: what is to be there after it is checked by want, and the number of versions.
type versionChange struct {
	name     string
	do, want func(context.Context, shelf) error
	versions int // of the two secrets, two keys, and the certificate with its parts: 8 where nothing is added
}

func wantSecret(name, id, value string) func(context.Context, shelf) error {
	return func(ctx context.Context, s shelf) error {
		got, err := s.GetSecret(ctx, s.access, name, id)
		if err == nil && got.Value != value {
			err = fmt.Errorf("%s is %q, want %q", name, got.Value, value)
		}
		return err
	}
}

// older is the id of the older version of the secret twice.
func older(ctx context.Context, s shelf) string {
	rows, _, err := s.ListSecretVersions(ctx, s.access, "twice", Page{})
	if err != nil || len(rows) != 2 {
		s.Fatalf("%d versions, %v", len(rows), err)
	}
	for _, row := range rows {
		if row.ContentType == "older" {
			return row.Version
		}
	}
	s.Fatal("the older version is not listed")
	return ""
}

// verified signs with the newest version of the key.
func verified(ctx context.Context, s shelf) error {
	_, _, err := s.Sign(ctx, s.access, KeyVersion{Name: "key"}, "ES256", make([]byte, 32))
	return err
}

func secretChanges() []versionChange {
	pause, text := Patch{Enabled: new(bool)}, "text/plain"
	return []versionChange{
		{"nothing", func(context.Context, shelf) error { return nil }, wantSecret("twice", "", "second"), 8},
		{"set", func(ctx context.Context, s shelf) error {
			_, err := s.SetSecret(ctx, s.access, "TWICE", NewSecret{Value: "third"})
			return err
		}, wantSecret("twice", "", "third"), 9},
		{"update the newest", func(ctx context.Context, s shelf) error {
			_, err := s.UpdateSecret(ctx, s.access, "twice", "", Patch{ContentType: &text})
			return err
		}, func(ctx context.Context, s shelf) error {
			got, err := s.GetSecret(ctx, s.access, "twice", "")
			if err == nil && (got.ContentType != text || got.Value != "second") {
				err = fmt.Errorf("%+v", got)
			}
			return err
		}, 8},
		{"update an older one", func(ctx context.Context, s shelf) error {
			_, err := s.UpdateSecret(ctx, s.access, "twice", older(ctx, s), pause)
			return err
		}, func(ctx context.Context, s shelf) error {
			if _, err := s.GetSecret(ctx, s.access, "twice", older(ctx, s)); !fault.Is(err, fault.Denied) {
				return fmt.Errorf("the older one: %w", err)
			}
			return wantSecret("twice", "", "second")(ctx, s)
		}, 8},
	}
}

func removals() []versionChange {
	return []versionChange{
		{"delete", func(ctx context.Context, s shelf) error {
			_, err := s.DeleteSecret(ctx, s.access, "twice")
			return err
		}, func(ctx context.Context, s shelf) error {
			got, err := s.GetDeletedSecret(ctx, s.access, "twice")
			if err == nil && got.ContentType != "newer" {
				err = fmt.Errorf("%+v", got)
			}
			return err
		}, 8},
		{"recover", func(ctx context.Context, s shelf) error {
			_, err := s.RecoverSecret(ctx, s.access, "gone")
			return err
		}, wantSecret("gone", "", "lost"), 8},
		{
			"purge", func(ctx context.Context, s shelf) error { return s.PurgeSecret(ctx, s.access, "gone") },
			func(ctx context.Context, s shelf) error {
				_, err := s.SetSecret(ctx, s.access, "gone", NewSecret{Value: "anew"})
				return errors.Join(err, wantSecret("gone", "", "anew")(ctx, s))
			}, 8,
		},
		{"restore", func(ctx context.Context, s shelf) error {
			sealed, err := s.BackupSecret(ctx, s.access, "twice")
			if err != nil {
				return err
			}
			_, err = s.DeleteSecret(ctx, s.access, "twice")
			if err = errors.Join(err, s.PurgeSecret(ctx, s.access, "twice")); err != nil {
				return err
			}
			_, err = s.RestoreSecret(ctx, s.access, sealed)
			return err
		}, func(ctx context.Context, s shelf) error {
			return errors.Join(wantSecret("twice", "", "second")(ctx, s), wantSecret("twice", older(ctx, s), "first")(ctx, s))
		}, 8},
	}
}

func keyChanges() []versionChange {
	return []versionChange{
		{"rotate", func(ctx context.Context, s shelf) error {
			_, err := s.RotateKey(ctx, s.access, "key")
			return err
		}, verified, 9},
		{"rotation by its policy", func(ctx context.Context, s shelf) error {
			p := RotationPolicy{Actions: []RotationAction{{Type: Rotate, TimeAfterCreate: "P30D"}}}
			if _, err := s.UpdateKeyRotationPolicy(ctx, s.access, "key", p); err != nil {
				return err
			}
			s.Clock.(*clock.Fake).Advance(31 * 24 * time.Hour)
			return s.Sweep(ctx)
		}, verified, 9},
	}
}

func certificateChanges() []versionChange {
	off := false
	return []versionChange{
		{"disable a certificate", func(ctx context.Context, s shelf) error {
			_, err := s.UpdateCertificate(ctx, s.access, "cert", "", CertificatePatch{Enabled: &off})
			return err
		}, func(ctx context.Context, s shelf) error {
			if _, err := s.GetSecret(ctx, s.access, "cert", ""); !fault.Is(err, fault.Denied) {
				return fmt.Errorf("its secret: %w", err)
			}
			return nil
		}, 8},
		{"renew a certificate", func(ctx context.Context, s shelf) error {
			_, err := s.CreateCertificate(ctx, s.access, "cert", NewCertificate{})
			return err
		}, func(ctx context.Context, s shelf) error {
			_, err := s.GetCertificate(ctx, s.access, "cert", "")
			return err
		}, 11},
		{"cancel a certificate's making", func(ctx context.Context, s shelf) error {
			_, err := s.CancelCertificateOperation(ctx, s.access, "waits", true)
			return err
		}, func(ctx context.Context, s shelf) error {
			got, err := s.GetCertificateOperation(ctx, s.access, "waits")
			if err == nil && got.Status != Cancelled {
				err = errors.New(got.Status)
			}
			return err
		}, 8},
		{"merge a certificate", func(ctx context.Context, s shelf) error {
			var der []byte
			s.inside(func(c *contents) error { // its issuer, who needs the key to sign
				o, d, err := c.pending("waits")
				if err != nil {
					return err
				}
				v, err := c.version(o, "")
				if err != nil {
					return err
				}
				k, err := c.material(o, v)
				if err != nil {
					return err
				}
				signer, _ := k.Signer()
				der, err = d.Policy.SelfSigned(c.service.Rand, signer, c.now)
				return err
			})
			_, err := s.MergeCertificate(ctx, s.access, "waits", [][]byte{der}, NewCertificate{})
			return err
		}, func(ctx context.Context, s shelf) error {
			_, err := s.GetSecret(ctx, s.access, "waits", "")
			return err
		}, 10},
	}
}
