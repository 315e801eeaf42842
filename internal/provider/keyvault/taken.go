package keyvault

import (
	"context"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// taken says why a vault's name is not free; "" where it is.
func (p *provider) taken(ctx context.Context, call *resource.Call, name string) (string, error) {
	reason := ""
	err := call.Read(ctx, func(r store.Reader) error {
		v, ok, err := p.Vaults.VaultTx(r, name)
		switch {
		case err != nil || !ok:
		case v.Deleted():
			reason = "The vault name '" + name + "' is kept by a deleted vault. Recover or purge that one to use the name."
		default:
			reason = "The vault name '" + name + "' is already in use."
		}
		return err
	})
	return reason, fault.Wrap("keyvault.taken", err)
}
