package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/blob/fetch"
	"github.com/alcedo-cloud/alcedo/internal/content"
	"github.com/alcedo-cloud/alcedo/internal/content/files"
	"github.com/alcedo-cloud/alcedo/internal/control"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// contentFolder holds the bytes of blobs that are too large for the store, in the state folder.
const contentFolder = "content"

// The account and key that every emulator of Azure Storage has and that UseDevelopmentStorage=true stands for.
// Source: learn.microsoft.com "Connect to Azurite with SDKs and tools", well-known storage account and key.
const developmentAccounts = "devstoreaccount1:" +
	"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

// makeBlobs opens Blob Storage's service.
func (a *App) makeBlobs() (err error) {
	var contents content.Store = files.NewMemory(a.Rand, a.Clock.Now)
	if !a.Settings.Ephemeral {
		if contents, err = files.Open(filepath.Join(a.Settings.Folder, contentFolder), a.Rand); err != nil {
			return err
		}
	}
	a.onClose(contents.Close)
	a.services.blobs, err = blob.New(blob.Config{
		Store: a.store, Content: contents, Door: a.services.audit, Clock: a.Clock, Rand: a.Rand,
		TenantID: a.instance.Credentials.TenantID, Fetch: fetch.New(a.Outbound),
	})
	return err
}

// secret derives a secret for one purpose from the instance's own.
func (a *App) secret(purpose string) []byte {
	mac := hmac.New(sha256.New, a.instance.IdentityKey)
	mac.Write([]byte(purpose))
	return mac.Sum(nil)
}

// maxFindings bounds what a check of Blob Storage reports.
const maxFindings = 10_000

// CheckStorage verifies all that Blob Storage keeps and lists what is wrong.
func (a *App) CheckStorage(ctx context.Context) ([]control.Finding, error) {
	findings := []control.Finding{}
	err := a.services.blobs.Check(ctx, func(f blob.Finding) {
		if len(findings) < maxFindings {
			findings = append(findings, control.Finding{
				Problem: string(f.Problem), Account: f.Account, Container: f.Container, Blob: f.Blob, Detail: f.Detail,
			})
		}
	})
	return findings, err
}

// openDevelopmentAccounts makes the accounts of the development listener: "name:key1[:key2];…", as AZURITE_ACCOUNTS has
// them, or the well-known one.
func (a *App) openDevelopmentAccounts(ctx context.Context) error {
	text := a.Settings.DevAccounts
	if text == "" {
		text = developmentAccounts
	}
	return a.store.Update(ctx, func(tx store.Tx) error {
		for one := range strings.SplitSeq(strings.Trim(text, "; "), ";") {
			account, err := a.developmentAccount(one)
			if err != nil {
				return err
			}
			old, there, err := blob.AccountTx(tx, account.Name)
			if err != nil {
				return err
			}
			if there { // what its clients have set outlives the process
				account.Properties, account.Created, account.DelegationRevoked = old.Properties, old.Created, old.DelegationRevoked
			}
			if err := a.services.blobs.PutAccount(tx, account); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) developmentAccount(text string) (blob.Account, error) {
	parts := strings.Split(strings.TrimSpace(text), ":")
	if len(parts) < 2 || len(parts) > 3 || parts[0] == "" {
		return blob.Account{}, fmt.Errorf("AZURITE_ACCOUNTS: %q is not NAME:KEY or NAME:KEY1:KEY2", parts[0])
	}
	account := blob.Account{
		Name: parts[0], Kind: "StorageV2", SKU: "Standard_RAGRS", Location: a.cloud.Locations[0].Name,
		ResourceID: "/subscriptions/" + a.instance.Credentials.SubscriptionID +
			"/resourceGroups/development/providers/Microsoft.Storage/storageAccounts/" + parts[0],
		TenantID:             a.instance.Credentials.TenantID,
		AllowSharedKeyAccess: true, AllowBlobPublicAccess: true, Secondary: true, Development: true, Created: a.Clock.Now(),
	}
	for i, key := range parts[1:] {
		value, err := base64.StdEncoding.DecodeString(key)
		if err != nil || len(value) == 0 {
			return blob.Account{}, fmt.Errorf("AZURITE_ACCOUNTS: key %d of %s is not base64", i+1, parts[0])
		}
		account.Keys[i] = blob.AccountKey{Name: fmt.Sprintf("key%d", i+1), Value: value, Created: account.Created}
	}
	return account, nil
}
