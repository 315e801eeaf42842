package resource

// builtin are the providers that the core is itself.
func (s *Service) builtin() []Provider {
	versions := coreVersions()
	return []Provider{
		{Namespace: "Microsoft.Resources", Types: []Type{
			// Shown in the table of providers; their routes are the core's own.
			{Name: "tenants", APIVersions: versions, Global: true},
			{Name: "subscriptions", APIVersions: versions, Global: true},
			{Name: "subscriptions/resourceGroups", APIVersions: versions},
			{Name: "subscriptions/resources", APIVersions: versions, Global: true},
			{Name: "subscriptions/providers", APIVersions: versions, Global: true},
			{Name: "subscriptions/locations", APIVersions: versions, Global: true},
			{Name: "resourceGroups", APIVersions: versions},
			{Name: "providers", APIVersions: versions, Global: true},
			s.tagsType(versions),
			checkResourceName(versions),
		}},
		{Namespace: "Microsoft.Authorization", Types: []Type{s.locks()}},
	}
}
