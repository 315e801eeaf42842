package resource

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// globalLocation is the location of types that have none of their own.
const globalLocation = "global"

// locationNames are the regions that offer a type.
func (s *Service) locationNames(e *entry) []string {
	if e != nil && e.Global {
		return []string{globalLocation}
	}
	names := make([]string, len(s.Cloud.Locations))
	for i, l := range s.Cloud.Locations {
		names[i] = l.Name
	}
	return names
}

func locationRequired() error {
	return fault.New(fault.Invalid, "resource", "LocationRequired", "The location property is required for this definition.")
}

// placeGroup checks the location of a resource group and gives it in the form that is kept.
func (s *Service) placeGroup(given string, old *Document) (string, error) {
	if strings.TrimSpace(given) == "" {
		return "", locationRequired()
	}
	l, ok := s.Cloud.Location(given)
	if !ok {
		return "", fault.Newf(fault.Invalid, "resource", "LocationNotAvailableForResourceGroup",
			"The provided location '%s' is not available for resource group. List of available regions is '%s'.",
			given, strings.Join(s.locationNames(nil), ","))
	}
	if old != nil && old.Location != l.Name {
		return "", fault.Newf(fault.Conflict, "resource", "InvalidResourceGroupLocation",
			"Invalid resource group location '%s'. The Resource group already exists in location '%s'.", l.Name, old.Location)
	}
	return l.Name, nil
}

// place checks the location of a tracked resource and gives it in the form that is kept.
func (s *Service) place(e *entry, id ID, given string, old *Document) (string, error) {
	if strings.TrimSpace(given) == "" {
		return "", locationRequired()
	}
	name := cloud.NormalLocation(given)
	l, ok := s.Cloud.Location(given)
	if e.Global {
		ok = name == globalLocation
	} else if ok {
		name = l.Name
	}
	if !ok {
		return "", fault.Newf(fault.Invalid, "resource", "LocationNotAvailableForResourceType",
			"The provided location '%s' is not available for resource type '%s'. List of available regions for the resource type is '%s'.",
			given, e.full, strings.Join(s.locationNames(e), ","))
	}
	if old != nil && old.Location != "" && old.Location != name {
		return "", fault.Newf(fault.Conflict, "resource", "InvalidResourceLocation",
			"The resource '%s' already exists in location '%s' in resource group '%s'. "+
				"A resource with the same name cannot be created in location '%s'. Please select a new resource name.",
			old.Name, old.Location, id.Group, name)
	}
	return name, nil
}
