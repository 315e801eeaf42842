package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/identity"
	"github.com/alcedo-cloud/alcedo/internal/provider/compute"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// machine finds the virtual machine, or the instance of a scale set (SCALESET_0), that an operator names, and refuses
// one that does not run. group may be "".
func (a *App) machine(ctx context.Context, name, group string) (*resource.Document, error) {
	const op = "app.machine"
	found, err := a.services.resources.Find(ctx, identity.MachineType, name, group)
	if err != nil {
		return nil, err
	}
	if set, instance, ok := cutLast(name, "_"); ok && len(found) == 0 {
		if found, err = a.instances(ctx, set, instance, group); err != nil {
			return nil, err
		}
	}
	switch {
	case len(found) == 0 && group != "":
		return nil, fault.Newf(fault.NotFound, op, "", "there is no virtual machine %s in resource group %s: "+
			"see `alcedo vm list`, or make it with `alcedo vm create %s --group %s`", name, group, name, group)
	case len(found) == 0:
		return nil, fault.Newf(fault.NotFound, op, "", "there is no virtual machine %s: see `alcedo vm list`, "+
			"or make it with `alcedo vm create %s`", name, name)
	case len(found) > 1:
		ids := make([]string, len(found))
		for i, d := range found {
			ids[i] = d.ID
		}
		return nil, fault.Newf(fault.Conflict, op, "", "several virtual machines are named %s; choose one with --group:\n  %s",
			name, strings.Join(ids, "\n  "))
	}
	if !compute.Running(found[0]) {
		return nil, fault.Newf(fault.Conflict, op, "", "virtual machine %s is not running: start it first "+
			"(POST %s/start)", name, found[0].ID)
	}
	return found[0], nil
}

// instances finds an instance of the scale sets of that name.
func (a *App) instances(ctx context.Context, set, instance, group string) ([]*resource.Document, error) {
	sets, err := a.services.resources.Find(ctx, identity.ScaleSetType, set, group)
	if err != nil {
		return nil, err
	}
	var out []*resource.Document
	for _, s := range sets {
		id, ok := resource.ParseID(s.ID + "/virtualMachines/" + instance)
		if !ok {
			continue
		}
		doc, err := a.services.resources.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, doc)
	}
	return out, nil
}

// cutLast cuts text around the last separator.
func cutLast(text, separator string) (before, after string, ok bool) {
	i := strings.LastIndex(text, separator)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(separator):], true
}

// identityHeader is the secret by which a process outside of a sandbox is the machine: its id, signed. It holds for
// that machine only, not for one made later under the same name, and needs no record.
func (a *App) identityHeader(machine *resource.Document) string {
	text := strings.ToLower(machine.ID)
	return base64.RawURLEncoding.EncodeToString([]byte(text)) + "." + a.identitySignature(text, machine)
}

func (a *App) identitySignature(id string, machine *resource.Document) string {
	mac := hmac.New(sha256.New, a.instance.IdentityKey)
	fmt.Fprintf(mac, "%s\x00%s", id, identity.Text(machine, "vmId"))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// identified is the machine that a secret of identityHeader stands for.
func (a *App) identified(secret string) (resource.ID, bool) {
	encoded, signature, ok := strings.Cut(secret, ".")
	if !ok {
		return resource.ID{}, false
	}
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return resource.ID{}, false
	}
	id, ok := resource.ParseID(string(text))
	if !ok {
		return resource.ID{}, false
	}
	// The look-up is of a document in memory or on the local disk, and is bounded by the store.
	machine, err := a.services.resources.Get(context.Background(), id)
	if err != nil || !hmac.Equal([]byte(signature), []byte(a.identitySignature(string(text), machine))) {
		return resource.ID{}, false
	}
	return id, true
}
