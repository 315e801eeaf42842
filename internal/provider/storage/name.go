package storage

import (
	"context"
	"fmt"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

const nameRule = "%s is not a valid storage account name. Storage account name must be between 3 and 24 characters in " +
	"length and use numbers and lower-case letters only."

func checkAccountName(name string) error {
	if blob.ValidAccountName(name) {
		return nil
	}
	return fault.Newf(fault.Invalid, "storage.checkAccountName", "AccountNameInvalid", nameRule, name)
}

// mayCheckNames: to ask for a name is a read, though it is asked by a POST. Whoever has not the read is refused by the
// ordinary check.
func mayCheckNames(call *resource.Call) bool {
	ok, err := call.Permits(Namespace+"/checkNameAvailability/read", rbac.NewScope("/subscriptions/"+call.ID.Subscription))
	return err == nil && ok
}

// checkNameAvailability tells whether an account may have a name, in the whole cloud.
func (p *provider) checkNameAvailability(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	var body struct{ Name, Type string }
	if err := readBody(call, &body); err != nil {
		return nil, err
	}
	if body.Type != Namespace+"/"+accountType {
		return nil, invalidValues("type")
	}
	type answer struct {
		NameAvailable bool   `json:"nameAvailable"`
		Reason        string `json:"reason,omitempty"`
		Message       string `json:"message,omitempty"`
	}
	if !blob.ValidAccountName(body.Name) {
		return &resource.Answer{Body: answer{Reason: "AccountNameInvalid", Message: fmt.Sprintf(nameRule, body.Name)}}, nil
	}
	_, taken, err := p.Accounts.Account(ctx, body.Name)
	if err != nil {
		return nil, fault.Wrap("storage.checkNameAvailability", err)
	}
	if taken {
		return &resource.Answer{Body: answer{
			Reason: "AlreadyExists", Message: "The storage account named " + body.Name + " is already taken.",
		}}, nil
	}
	return &resource.Answer{Body: answer{NameAvailable: true}}, nil
}
