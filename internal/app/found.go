package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/alcedo-cloud/alcedo/internal/directory"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// What the first start makes.
const (
	ownerName        = "owner"
	ownerDisplayName = "Owner"
	subscriptionName = "alcedo"
	// roleOwner is the GUID of the built-in role Owner, the same in every cloud.
	roleOwner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
)

// found makes the cloud of a new folder in one transaction: the owner, as a user and as a service principal, the
// subscription, the owner's role in it, and the record that says that all this is done.
func (a *App) found(ctx context.Context) error {
	password, err := a.services.directory.NewPassword()
	if err != nil {
		return err
	}
	made := a.instance
	err = a.store.Update(ctx, func(tx store.Tx) error {
		made = a.instance
		user, err := a.services.directory.CreateUser(tx, directory.User{
			UserPrincipalName: ownerName + "@" + a.services.directory.Domain(),
			DisplayName:       ownerDisplayName, Administrator: true, Password: password, Generated: true,
		})
		if err != nil {
			return err
		}
		principal, err := a.foundServicePrincipal(tx, &made)
		if err != nil {
			return err
		}
		made.Credentials.UserPrincipalName, made.Credentials.Password = user.UserPrincipalName, password
		subscription := made.Credentials.SubscriptionID
		if err := a.services.resources.CreateSubscription(tx, subscription, subscriptionName); err != nil {
			return err
		}
		if err := a.makeOwner(tx, subscription, user.ObjectID, rbac.User); err != nil {
			return err
		}
		if err := a.makeOwner(tx, subscription, principal.ObjectID, rbac.ServicePrincipal); err != nil {
			return err
		}
		record, err := json.Marshal(made)
		if err != nil {
			return err
		}
		return tx.Put(instanceKey(), record)
	})
	if err != nil {
		return err
	}
	a.instance = made
	return nil
}

func (a *App) foundServicePrincipal(tx store.Tx, made *instance) (directory.Principal, error) {
	application, err := a.services.directory.CreateApplication(tx, directory.Application{DisplayName: "alcedo-owner"})
	if err != nil {
		return directory.Principal{}, err
	}
	principal, err := a.services.directory.CreateServicePrincipal(tx, application.AppID)
	if err != nil {
		return directory.Principal{}, err
	}
	// az looks names up in the directory, as a service principal too.
	if err := a.services.directory.MakeReader(tx, principal.ObjectID); err != nil {
		return directory.Principal{}, err
	}
	never := a.Clock.Now().AddDate(100, 0, 0).Truncate(time.Second)
	secret, err := a.services.directory.AddPassword(tx, application.ObjectID, "alcedo credentials", never)
	if err != nil {
		return directory.Principal{}, err
	}
	made.Credentials.ClientID, made.Credentials.ClientSecret = application.AppID, secret.SecretText
	return principal, nil
}

func (a *App) makeOwner(tx store.Tx, subscription, principal string, kind rbac.PrincipalType) error {
	name, err := uuid.NewRandomFromReader(a.Rand)
	if err != nil {
		return err
	}
	return a.services.assignments.Assign(tx, rbac.Assignment{
		Name: name.String(), Scope: rbac.NewScope("/subscriptions/" + subscription), RoleName: roleOwner,
		PrincipalID: principal, PrincipalType: kind,
	})
}
