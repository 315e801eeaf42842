package resource

import (
	"context"
	"slices"
	"strings"
)

// checkResourceName is POST /providers/Microsoft.Resources/checkResourceName: whether a name is one that nobody may use.
// Everybody may ask. Source: learn.microsoft.com/rest/api/resources/subscriptions/check-resource-name.
func checkResourceName(versions []string) Type {
	return Type{
		Name: "checkResourceName", APIVersions: versions, Global: true,
		SelfAuthorized: func(*Call) bool { return true },
		Actions: map[string]Handler{"": func(_ context.Context, c *Call) (*Answer, error) {
			var body struct {
				Name string `json:"name"`
				Type string `json:"type"`
			}
			if err := decodeBody(&Request{Method: c.Method, Body: c.Body}, &body); err != nil {
				return nil, err
			}
			if body.Name == "" || body.Type == "" {
				return nil, invalidContent("Required properties 'name' and 'type' not found in JSON. Path ''.")
			}
			status := "Allowed"
			if reservedName(body.Name) {
				status = "Reserved"
			}
			return &Answer{Status: 200, Body: map[string]string{"name": body.Name, "type": body.Type, "status": status}}, nil
		}},
	}
}

// reservedName reports whether a name is a reserved word, or has one that must not be part of a name.
// Source: learn.microsoft.com "Resolve errors for reserved resource names".
func reservedName(name string) bool {
	name = strings.ToUpper(name)
	for _, part := range []string{"MICROSOFT", "WINDOWS"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	for _, start := range []string{"LOGIN", "XBOX"} {
		if strings.HasPrefix(name, start) {
			return true
		}
	}
	return slices.Contains([]string{
		"ACCESS", "APP_CODE", "APP_THEMES", "APP_DATA", "APP_GLOBALRESOURCES", "APP_LOCALRESOURCES", "APP_WEBREFERENCES", "APP_BROWSERS",
		"AZURE", "BING", "BIZSPARK", "BIZTALK", "CORTANA", "DIRECTX", "DOTNET", "DYNAMICS", "EXCEL", "EXCHANGE", "FOREFRONT", "GROOVE",
		"HOLOLENS", "HYPERV", "KINECT", "LYNC", "MSDN", "O365", "OFFICE", "OFFICE365", "ONEDRIVE", "ONENOTE", "OUTLOOK", "POWERPOINT",
		"SHAREPOINT", "SKYPE", "VISIO", "VISUALSTUDIO",
	}, name)
}
