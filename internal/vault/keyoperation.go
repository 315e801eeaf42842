package vault

// The operations on keys.
const (
	CreateKey               Operation = "CreateKey"
	ImportKey               Operation = "ImportKey"
	GetKey                  Operation = "GetKey"
	GetKeys                 Operation = "GetKeys"
	GetKeyVersions          Operation = "GetKeyVersions"
	UpdateKey               Operation = "UpdateKey"
	DeleteKey               Operation = "DeleteKey"
	GetDeletedKey           Operation = "GetDeletedKey"
	GetDeletedKeys          Operation = "GetDeletedKeys"
	RecoverDeletedKey       Operation = "RecoverDeletedKey"
	PurgeDeletedKey         Operation = "PurgeDeletedKey"
	BackupKey               Operation = "BackupKey"
	RestoreKey              Operation = "RestoreKey"
	RotateKey               Operation = "RotateKey"
	GetKeyRotationPolicy    Operation = "GetKeyRotationPolicy"
	UpdateKeyRotationPolicy Operation = "UpdateKeyRotationPolicy"
	ReleaseKey              Operation = "Release"
	Encrypt                 Operation = "Encrypt"
	Decrypt                 Operation = "Decrypt"
	WrapKey                 Operation = "WrapKey"
	UnwrapKey               Operation = "UnwrapKey"
	Sign                    Operation = "Sign"
	Verify                  Operation = "Verify"
	GetRandomBytes          Operation = "GetRandomBytes"
)

// keyOperations are the rows for keys. GetRandomBytes has no data action of a vault: Azure serves it in managed HSM
// pools alone. Here it asks for the right to read keys.
func keyOperations() map[Operation]rights {
	return map[Operation]rights{
		CreateKey:               {on: Keys, permission: "create", action: "keys/create/action"},
		ImportKey:               {on: Keys, permission: "import", action: "keys/import/action"},
		GetKey:                  {on: Keys, permission: "get", action: "keys/read"},
		GetKeys:                 {on: Keys, permission: "list", action: "keys/read"},
		GetKeyVersions:          {on: Keys, permission: "list", action: "keys/read"},
		UpdateKey:               {on: Keys, permission: "update", action: "keys/update/action"},
		DeleteKey:               {on: Keys, permission: "delete", action: "keys/delete"},
		GetDeletedKey:           {on: Keys, permission: "get", action: "keys/read"},
		GetDeletedKeys:          {on: Keys, permission: "list", action: "keys/read"},
		RecoverDeletedKey:       {on: Keys, permission: "recover", action: "keys/recover/action"},
		PurgeDeletedKey:         {on: Keys, permission: "purge", action: "keys/purge/action"},
		BackupKey:               {on: Keys, permission: "backup", action: "keys/backup/action"},
		RestoreKey:              {on: Keys, permission: "restore", action: "keys/restore/action"},
		RotateKey:               {on: Keys, permission: "rotate", action: "keys/rotate/action"},
		GetKeyRotationPolicy:    {on: Keys, permission: "getrotationpolicy", action: "keyrotationpolicies/read"},
		UpdateKeyRotationPolicy: {on: Keys, permission: "setrotationpolicy", action: "keyrotationpolicies/write"},
		ReleaseKey:              {on: Keys, permission: "release", action: "keys/release/action"},
		Encrypt:                 {on: Keys, permission: "encrypt", action: "keys/encrypt/action"},
		Decrypt:                 {on: Keys, permission: "decrypt", action: "keys/decrypt/action"},
		WrapKey:                 {on: Keys, permission: "wrapKey", action: "keys/wrap/action"},
		UnwrapKey:               {on: Keys, permission: "unwrapKey", action: "keys/unwrap/action"},
		Sign:                    {on: Keys, permission: "sign", action: "keys/sign/action"},
		Verify:                  {on: Keys, permission: "verify", action: "keys/verify/action"},
		GetRandomBytes:          {on: Keys, permission: "get", action: "keys/read"},
	}
}
