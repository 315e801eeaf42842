package app

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/vault"
	"github.com/alcedo-cloud/alcedo/internal/vault/rsabatch"
)

// rootKeyFile holds the key that wraps the vaults' keys, in base64, in the state folder.
const rootKeyFile = "root.key"

// makeVaults opens Key Vault's service with the root key.
func (a *App) makeVaults() error {
	root, err := a.rootKey()
	if err != nil {
		return err
	}
	signatures, err := rsabatch.Open(runtime.GOMAXPROCS(0))
	switch {
	case err == nil:
		a.onClose(signatures.Close)
	case !errors.Is(err, errors.ErrUnsupported): // then crypto/rsa signs
		return err
	}
	a.services.vaults, err = vault.New(vault.Config{
		Store: a.store, Door: a.services.audit, Recorder: a.services.audit, Clock: a.Clock, Rand: a.Rand, Root: root, Groups: a.services.directory.Groups,
		Signatures: signatures,
	})
	return err
}

// rootKey is Settings.RootKey where it is given, else that of the state folder, drawn at the first start. An ephemeral
// instance draws one that it forgets.
func (a *App) rootKey() ([]byte, error) {
	if a.Settings.RootKey != "" {
		return decodeRootKey("ALCEDO_ROOT_KEY", a.Settings.RootKey)
	}
	path := filepath.Join(a.Settings.Folder, rootKeyFile)
	if !a.Settings.Ephemeral {
		text, err := os.ReadFile(path)
		if err == nil {
			return decodeRootKey(path, string(text))
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	key := make([]byte, vault.RootSize)
	if _, err := io.ReadFull(a.Rand, key); err != nil || a.Settings.Ephemeral {
		return key, err
	}
	return key, writeDurably(path, []byte(base64.StdEncoding.EncodeToString(key)+"\n"))
}

func decodeRootKey(from, text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) != vault.RootSize {
		return nil, fmt.Errorf("%s is no root key: %d bytes in base64 are needed", from, vault.RootSize)
	}
	return key, nil
}

// writeDurably writes a file that only its owner may read, whole or not at all, and has it on the disk when it returns.
func writeDurably(path string, data []byte) (err error) {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// deploymentSecret reads a secret for a template's parameter, from a vault that lets templates do so.
func (a *App) deploymentSecret(ctx context.Context, id resource.ID, name, version string) (string, error) {
	refused := func(why string) error {
		return fault.Newf(fault.Invalid, "app.deploymentSecret", "KeyVaultParameterReferenceSecretRetrieveFailed",
			"The secret of KeyVault parameter '%s' cannot be retrieved. %s Please see https://aka.ms/arm-keyvault for usage details.", name, why)
	}
	v, ok, err := a.services.vaults.Vault(ctx, id.Name())
	switch {
	case err != nil:
		return "", err
	case !ok || v.Deleted() || !strings.EqualFold(v.ResourceID, id.String()):
		return "", refused("The vault '" + id.String() + "' could not be found.")
	case !v.EnabledForTemplate:
		return "", refused("The vault '" + id.String() + "' is not enabled for template deployment.")
	}
	secret, err := a.services.vaults.GetSecret(ctx, vault.Access{Vault: id.Name(), Management: true}, name, version)
	var f *fault.Error
	if errors.As(err, &f) && (f.Kind == fault.NotFound || f.Kind == fault.Denied) {
		return "", refused("Error message: '" + f.Message + "'.")
	}
	if err != nil {
		return "", err
	}
	return secret.Value, nil
}
