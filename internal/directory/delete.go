package directory

import (
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/store"
)

// DeletePrincipal deletes a user, group or service principal with its memberships and federated credentials. Its
// tokens die with it. That it is not there is no error.
func (s *Service) DeletePrincipal(tx store.Tx, objectID string) error {
	objectID = canonical(objectID)
	o, err := principalObject(tx, objectID)
	if err != nil || o == nil {
		return fault.Wrap("directory.DeletePrincipal", err)
	}
	return fault.Wrap("directory.DeletePrincipal", s.removeWhole(tx, o))
}

// DeleteApplication deletes an application and its service principal.
func (s *Service) DeleteApplication(tx store.Tx, objectID string) error {
	const op = "directory.DeleteApplication"
	a, ok, err := get[Application](tx, kindApplication, canonical(objectID))
	if err != nil || !ok {
		return fault.Wrap(op, err)
	}
	p, ok, err := byName[ServicePrincipal](tx, kindServicePrincipal, uniqueName{spacePrincipal, a.AppID})
	if err != nil {
		return fault.Wrap(op, err)
	}
	if ok {
		if err := s.removeWhole(tx, p); err != nil {
			return fault.Wrap(op, err)
		}
	}
	return fault.Wrap(op, s.removeWhole(tx, a))
}

// removeWhole deletes an object and all that belongs to it.
func (s *Service) removeWhole(tx store.Tx, o object) error {
	_, id := o.ref()
	if err := s.partAll(tx, id); err != nil {
		return err
	}
	credentials, err := federatedOf(tx, id)
	if err != nil {
		return err
	}
	for _, f := range credentials {
		if _, err := s.DeleteFederatedCredential(tx, id, f.Name); err != nil {
			return err
		}
	}
	return s.remove(tx, o)
}

// principalObject reads the user, group or service principal of an id, nil where there is none.
func principalObject(r store.Reader, id string) (object, error) {
	if p, ok, err := get[ServicePrincipal](r, kindServicePrincipal, id); err != nil || ok {
		return orNil(p, ok), err
	}
	if u, ok, err := get[User](r, kindUser, id); err != nil || ok {
		return orNil(u, ok), err
	}
	g, ok, err := get[Group](r, kindGroup, id)
	return orNil(g, ok), err
}

// orNil keeps a nil pointer from becoming an object that is not nil.
func orNil[T object](v T, ok bool) object {
	if !ok {
		return nil
	}
	return v
}
