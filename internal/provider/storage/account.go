package storage

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// The kinds of accounts. FileStorage has no blobs, and is refused.
const (
	kindV1        = "Storage"
	kindV2        = "StorageV2"
	kindBlob      = "BlobStorage"
	kindBlockBlob = "BlockBlobStorage"
)

const (
	keySize = 64 // bytes
	premium = "Premium"
)

func skuNames() []string {
	return []string{
		"Standard_LRS", "Standard_GRS", "Standard_RAGRS", "Standard_ZRS", "Standard_GZRS", "Standard_RAGZRS", "Premium_LRS",
		"Premium_ZRS",
	}
}

// sku is an account's.
type sku struct {
	Name string `json:"name"`
	Tier string `json:"tier"`
}

func skuOf(name string) sku {
	tier, _, _ := strings.Cut(name, "_")
	return sku{Name: name, Tier: tier}
}

// replicated reports whether there is a second region, and whether it can be read.
func (s sku) replicated() (second, readable bool) {
	return strings.Contains(s.Name, "GRS") || strings.Contains(s.Name, "GZRS"), strings.Contains(s.Name, "_RA")
}

// putAccount completes the document and makes it true in the data plane.
func (p *provider) putAccount(ctx context.Context, ch *resource.Change) error {
	if ch.Call.APIVersion <= version2015 {
		if err := translate2015(ch.New); err != nil {
			return err
		}
	}
	account, err := p.claim(ch)
	if err != nil {
		return err
	}
	size, err := settleKind(ch)
	if err != nil {
		return err
	}
	if err := settleProperties(ch, size); err != nil {
		return err
	}
	if err := p.Identities.Apply(ctx, ch); err != nil {
		return err
	}
	if ch.New.SKU, err = json.Marshal(size); err != nil {
		return fault.Wrap("storage.putAccount", err)
	}
	account.Location, account.Kind, account.SKU = ch.New.Location, ch.New.Kind, size.Name
	_, account.Secondary = size.replicated()
	if err := obey(&account, ch.New.Properties); err != nil {
		return err
	}
	return p.Accounts.PutAccount(ch.Tx, account)
}

// translate2015 reads the oldest body, in which properties.accountType stands for the sku.
func translate2015(doc *resource.Document) error {
	name, given := doc.Properties["accountType"].(string)
	delete(doc.Properties, "accountType")
	if !given {
		return nil
	}
	text, err := json.Marshal(sku{Name: name})
	if doc.SKU = text; doc.Kind == "" {
		doc.Kind = kindV1
	}
	return fault.Wrap("storage.translate2015", err)
}

// claim is the account that a change is on: a new one where nobody in the cloud has the name.
func (p *provider) claim(ch *resource.Change) (blob.Account, error) {
	a, taken, err := blob.AccountTx(ch.Tx, ch.New.Name)
	if err != nil {
		return a, fault.Wrap("storage.claim", err)
	}
	if taken && !strings.EqualFold(a.ResourceID, ch.New.ID) {
		return a, alreadyTaken(ch.New, a.ResourceID)
	}
	if taken && ch.Old != nil {
		return a, nil
	}
	now := ch.Call.Now.UTC()
	a = blob.Account{Name: ch.New.Name, ResourceID: ch.New.ID, TenantID: p.TenantID, Created: now}
	for i := range a.Keys {
		if a.Keys[i], err = p.newKey(keyNames()[i], now); err != nil {
			return a, err
		}
	}
	return a, nil
}

func keyNames() [2]string { return [2]string{"key1", "key2"} }

func (p *provider) newKey(name string, now time.Time) (blob.AccountKey, error) {
	k := blob.AccountKey{Name: name, Value: make([]byte, keySize), Created: now}
	_, err := io.ReadFull(p.Rand, k.Value)
	return k, fault.Wrap("storage.newKey", err)
}

func alreadyTaken(doc *resource.Document, other string) error {
	mine, _ := resource.ParseID(doc.ID)
	theirs, ok := resource.ParseID(other)
	if ok && strings.EqualFold(mine.Subscription, theirs.Subscription) {
		return fault.Newf(fault.Conflict, "storage.claim", "StorageAccountInAnotherResourceGroup",
			"The account %s is already in another resource group in this subscription.", doc.Name)
	}
	return fault.Newf(fault.Conflict, "storage.claim", "StorageAccountAlreadyTaken",
		"The storage account named %s is already taken.", doc.Name)
}

// settleKind settles sku and kind. Both are needed at the creation; after it the sku may change within its tier, and the
// kind only to StorageV2.
func settleKind(ch *resource.Change) (sku, error) {
	var given, had sku
	if err := readSKU(ch.New.SKU, &given); err != nil {
		return sku{}, err
	}
	if ch.Old != nil {
		if err := readSKU(ch.Old.SKU, &had); err != nil {
			return sku{}, fault.Wrap("storage.settleKind", err)
		}
		if given.Name == "" {
			given = had
		}
		if ch.New.Kind == "" {
			ch.New.Kind = ch.Old.Kind
		}
	}
	i := slices.IndexFunc(skuNames(), func(n string) bool { return strings.EqualFold(n, given.Name) })
	if i < 0 {
		return sku{}, invalidValues("sku")
	}
	size := skuOf(skuNames()[i])
	kinds := []string{kindV1, kindV2, kindBlob, kindBlockBlob}
	k := slices.IndexFunc(kinds, func(n string) bool { return strings.EqualFold(n, ch.New.Kind) })
	if k < 0 {
		return sku{}, invalidValues("kind")
	}
	ch.New.Kind = kinds[k]
	if (ch.New.Kind == kindBlockBlob) != (size.Tier == premium) && (ch.New.Kind == kindBlockBlob || ch.New.Kind == kindBlob) {
		return sku{}, invalidValues("sku")
	}
	if ch.Old == nil {
		return size, nil
	}
	if size.Tier != had.Tier {
		return sku{}, unchangeable("sku")
	}
	if ch.New.Kind != ch.Old.Kind && (ch.New.Kind != kindV2 || ch.Old.Kind == kindBlockBlob) {
		return sku{}, unchangeable("kind")
	}
	return size, nil
}

func readSKU(text json.RawMessage, into *sku) error {
	if len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return invalidValues("sku")
	}
	return nil
}

// deleteAccount ends the account's identity and its data.
func (p *provider) deleteAccount(ctx context.Context, ch *resource.Change) error {
	if err := p.Identities.Remove(ctx, ch); err != nil {
		return err
	}
	return p.Accounts.DeleteAccount(ch.Tx, ch.Old.Name)
}
