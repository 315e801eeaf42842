package resource

import (
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// The faults that the core answers itself. Their reasons are Resource Manager's error codes.
// Source: learn.microsoft.com "Common Resource Manager errors".

func notFound(id ID, e *entry) error {
	full := id.FullType()
	if e != nil {
		full = e.full
	}
	segments := strings.Split(full, "/")
	var b strings.Builder
	b.WriteString(segments[0] + "/" + strings.Join(segments[1:], "/") + "/" + strings.Join(id.Names, "/"))
	where := ""
	if id.Group != "" {
		where = " under resource group '" + id.Group + "'"
	}
	return fault.Newf(fault.NotFound, "resource", "ResourceNotFound",
		"The Resource '%s'%s was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix", b.String(), where)
}

func groupNotFound(group string) error {
	return fault.Newf(fault.NotFound, "resource", "ResourceGroupNotFound", "Resource group '%s' could not be found.", group)
}

func parentNotFound(parent ID) error {
	return fault.Newf(fault.NotFound, "resource", "ParentResourceNotFound",
		"Can not perform requested operation on nested resource. Parent resource '%s' not found.", strings.Join(parent.Names, "/"))
}

func noRoute(path string) error {
	return fault.Newf(fault.NotFound, "resource", "NotFound", "No HTTP resource was found that matches the request URI '%s'.", path)
}

func methodNotAllowed(method string) error {
	return fault.Newf(fault.Unsupported, "resource", "MethodNotAllowed",
		"The requested resource does not support http method '%s'.", method)
}

func invalidContent(detail string) error {
	return fault.Newf(fault.Invalid, "resource", "InvalidRequestContent",
		"The request content was invalid and could not be deserialized: '%s'.", detail)
}

func namespaceNotFound(name string) error {
	return fault.Newf(fault.NotFound, "resource", "InvalidResourceNamespace", "The resource namespace '%s' is invalid.", name)
}

func typeNotFound(n *namespace, typ, version string) error {
	var versions []string
	seen := make(map[string]bool)
	for _, e := range n.order {
		for _, v := range e.APIVersions {
			if !seen[v] {
				seen[v] = true
				versions = append(versions, v)
			}
		}
	}
	return fault.Newf(fault.NotFound, "resource", "InvalidResourceType",
		"The resource type '%s' could not be found in the namespace '%s' for api version '%s'. The supported api-versions are '%s'.",
		typ, n.name, version, newestFirst(versions))
}
