package vault

import (
	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// The refusals that secrets, keys and certificates share. Their reasons are the codes, or inner codes, of Key Vault's
// errors: a fault of kind NotFound has its code as reason, one of kind Denied, Exists or Conflict its inner code.

func notFound(t Type, name string) error {
	message := "A " + t.singular() + " with (name/id) " + name + " was not found in this key vault. If you recently deleted this " +
		t.singular() + " you may be able to recover it using the correct recovery command. For help resolving this issue, " +
		"please see https://go.microsoft.com/fwlink/?linkid=2125182"
	return fault.New(fault.NotFound, "vault", codeOf(t)+"NotFound", message)
}

func notDeleted(t Type, name string) error {
	return fault.New(fault.NotFound, "vault", codeOf(t)+"NotFound",
		"Deleted "+codeOf(t)+" not found: "+name)
}

func codeOf(t Type) string {
	switch t {
	case Secrets:
		return "Secret"
	case Keys:
		return "Key"
	}
	return "Certificate"
}

func recoverable(t Type, name string) error {
	return fault.New(fault.Conflict, "vault", "ObjectIsDeletedButRecoverable", codeOf(t)+" "+name+" is currently in a deleted but "+
		"recoverable state, and its name cannot be reused; in this state, the "+t.singular()+" can only be recovered or purged.")
}

func purgeProtected(v *Vault) error {
	return forbidden("ForbiddenByPolicy", "Operation \"purge\" is not allowed because purge protection is enabled for this vault. "+
		"Key Vault service will automatically purge it after the retention period has passed.\r\n"+vaultLine(v))
}

func disabled(t Type, operation string) error {
	return forbidden(codeOf(t)+"Disabled", "Operation "+operation+" is not allowed on a disabled "+t.singular()+".")
}

// managed refuses what only its certificate may bring to a key or a secret.
func managed(t Type, operation string) error {
	return forbidden(codeOf(t)+"ManagedByKeyVault", "Operation \""+operation+"\" is not allowed on this "+t.singular()+", since it "+
		"is associated with a certificate. Perform the operation on the corresponding certificate. For more information refer to "+
		"https://docs.microsoft.com/en-us/azure/key-vault/certificates/about-certificates#composition-of-a-certificate")
}

// bad is a parameter that Key Vault does not take.
func bad(format string, args ...any) error {
	return fault.Newf(fault.Invalid, "vault", "BadParameter", format, args...)
}

// maxName is how long the name of an object may be.
const maxName = 127

func checkName(name string) error {
	ok := name != "" && len(name) <= maxName
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		ok = c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-'
	}
	if ok {
		return nil
	}
	if len(name) > maxName {
		name = name[:maxName]
	}
	return bad("The request URI contains an invalid name: %s", name)
}

// checkAttributes holds the rules for attributes and tags.
func checkAttributes(a *Attributes, tags map[string]string) error {
	if a.NotBefore != 0 && a.Expires != 0 && a.Expires <= a.NotBefore {
		return bad("The attribute 'exp' must be later than 'nbf'.")
	}
	if a.NotBefore < 0 || a.Expires < 0 {
		return bad("The attributes 'exp' and 'nbf' must not lie before 1970-01-01.")
	}
	if len(tags) > 15 {
		return bad("The number of tags is %d and must not be more than 15.", len(tags))
	}
	for name, value := range tags {
		if name == "" || len(name) > 256 || len(value) > 256 {
			return bad("The name and the value of a tag must not be longer than 256 characters, and the name not empty.")
		}
	}
	return nil
}
