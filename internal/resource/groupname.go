package resource

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// checkGroupName holds the rules for names of resource groups: up to 90 letters, digits, '-', '.', '(', ')' and '_',
// not ending in a period. Letters and digits are Unicode's.
// Source: learn.microsoft.com "Naming rules and restrictions for Azure resources".
func checkGroupName(name string) error {
	if n := utf8.RuneCountInString(name); n > 90 {
		return fault.Newf(fault.Invalid, "resource", "InvalidResourceGroup",
			"The provided resource group name '%s' has %d characters. The name must not have more than 90.", name, n)
	}
	var wrong []string
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("-.()_", c) {
			wrong = append(wrong, string(c))
		}
	}
	if len(wrong) > 0 {
		return fault.Newf(fault.Invalid, "resource", "InvalidResourceGroup",
			"The provided resource group name '%s' has these invalid characters: '%s'. "+
				"The name can only be a letter, digit, '-', '.', '(', ')' or '_'.", name, strings.Join(wrong, ""))
	}
	if strings.HasSuffix(name, ".") {
		return fault.Newf(fault.Invalid, "resource", "InvalidResourceGroup",
			"The provided resource group name '%s' must not end with a period.", name)
	}
	return nil
}

// checkName holds what every resource's name must keep to.
func checkName(name string) error {
	if utf8.RuneCountInString(name) > 260 {
		return fault.Newf(fault.Invalid, "resource", "InvalidResourceName",
			"Resource name '%s' is invalid. The name must not have more than 260 characters.", name)
	}
	if strings.ContainsAny(name, `<>*%&:\?+#"`) || strings.HasSuffix(name, ".") || strings.TrimSpace(name) != name {
		return fault.Newf(fault.Invalid, "resource", "InvalidResourceName",
			`Resource name '%s' is invalid. The name must not have any of the characters <>*%%&:\?+#" nor end with a period or a space.`, name)
	}
	return nil
}
