package vault

// Type is a type of objects, as the paths of the data plane spell it.
type Type string

// The types of objects.
const (
	Secrets      Type = "secrets"
	Keys         Type = "keys"
	Certificates Type = "certificates"
)

// singular is the type's name in messages.
func (t Type) singular() string {
	switch t {
	case Secrets:
		return "secret"
	case Keys:
		return "key"
	}
	return "certificate"
}

// Operation is an operation of the data plane by its name in the REST reference.
type Operation string

// rights are what an operation asks for: where roles decide a data action, otherwise a permission of an access policy.
type rights struct {
	on         Type
	permission string // "get", "list", …
	action     string // below Microsoft.KeyVault/vaults/
	name       string // the operation in messages; "" is the permission
}

// operations is the one table of what each operation needs.
// Source: learn.microsoft.com "Azure permissions for Security" and the operations' pages of the REST reference.
func operations() map[Operation]rights {
	all := make(map[Operation]rights)
	for _, table := range []map[Operation]rights{secretOperations(), keyOperations(), certificateOperations()} {
		for op, r := range table {
			all[op] = r
		}
	}
	return all
}

// The operations on secrets.
const (
	SetSecret          Operation = "SetSecret"
	GetSecret          Operation = "GetSecret"
	UpdateSecret       Operation = "UpdateSecret"
	DeleteSecret       Operation = "DeleteSecret"
	GetSecrets         Operation = "GetSecrets"
	GetSecretVersions  Operation = "GetSecretVersions"
	GetDeletedSecret   Operation = "GetDeletedSecret"
	GetDeletedSecrets  Operation = "GetDeletedSecrets"
	RecoverSecret      Operation = "RecoverDeletedSecret"
	PurgeDeletedSecret Operation = "PurgeDeletedSecret"
	BackupSecret       Operation = "BackupSecret"
	RestoreSecret      Operation = "RestoreSecret"
)

func secretOperations() map[Operation]rights {
	return map[Operation]rights{
		SetSecret:          {on: Secrets, permission: "set", action: "secrets/setSecret/action"},
		GetSecret:          {on: Secrets, permission: "get", action: "secrets/getSecret/action"},
		UpdateSecret:       {on: Secrets, permission: "set", action: "secrets/update/action", name: "update"},
		DeleteSecret:       {on: Secrets, permission: "delete", action: "secrets/delete"},
		GetSecrets:         {on: Secrets, permission: "list", action: "secrets/readMetadata/action"},
		GetSecretVersions:  {on: Secrets, permission: "list", action: "secrets/readMetadata/action"},
		GetDeletedSecret:   {on: Secrets, permission: "get", action: "secrets/readMetadata/action"},
		GetDeletedSecrets:  {on: Secrets, permission: "list", action: "secrets/readMetadata/action"},
		RecoverSecret:      {on: Secrets, permission: "recover", action: "secrets/recover/action"},
		PurgeDeletedSecret: {on: Secrets, permission: "purge", action: "secrets/purge/action"},
		BackupSecret:       {on: Secrets, permission: "backup", action: "secrets/backup/action"},
		RestoreSecret:      {on: Secrets, permission: "restore", action: "secrets/restore/action"},
	}
}
