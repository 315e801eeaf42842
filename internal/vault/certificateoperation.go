package vault

// The operations on certificates.
const (
	CreateCertificate          Operation = "CreateCertificate"
	ImportCertificate          Operation = "ImportCertificate"
	MergeCertificate           Operation = "MergeCertificate"
	GetCertificate             Operation = "GetCertificate"
	GetCertificates            Operation = "GetCertificates"
	GetCertificateVersions     Operation = "GetCertificateVersions"
	UpdateCertificate          Operation = "UpdateCertificate"
	DeleteCertificate          Operation = "DeleteCertificate"
	GetDeletedCertificate      Operation = "GetDeletedCertificate"
	GetDeletedCertificates     Operation = "GetDeletedCertificates"
	RecoverDeletedCertificate  Operation = "RecoverDeletedCertificate"
	PurgeDeletedCertificate    Operation = "PurgeDeletedCertificate"
	BackupCertificate          Operation = "BackupCertificate"
	RestoreCertificate         Operation = "RestoreCertificate"
	GetCertificatePolicy       Operation = "GetCertificatePolicy"
	UpdateCertificatePolicy    Operation = "UpdateCertificatePolicy"
	GetCertificateOperation    Operation = "GetCertificateOperation"
	UpdateCertificateOperation Operation = "UpdateCertificateOperation"
	DeleteCertificateOperation Operation = "DeleteCertificateOperation"
	SetCertificateIssuer       Operation = "SetCertificateIssuer"
	GetCertificateIssuer       Operation = "GetCertificateIssuer"
	GetCertificateIssuers      Operation = "GetCertificateIssuers"
	UpdateCertificateIssuer    Operation = "UpdateCertificateIssuer"
	DeleteCertificateIssuer    Operation = "DeleteCertificateIssuer"
	SetCertificateContacts     Operation = "SetCertificateContacts"
	GetCertificateContacts     Operation = "GetCertificateContacts"
	DeleteCertificateContacts  Operation = "DeleteCertificateContacts"
)

// certificateOperations are the rows for certificates. Source: the authorization line of each operation's page.
func certificateOperations() map[Operation]rights {
	row := func(permission, action string) rights {
		return rights{on: Certificates, permission: permission, action: action}
	}
	return map[Operation]rights{
		CreateCertificate:          row("create", "certificates/create/action"),
		ImportCertificate:          row("import", "certificates/import/action"),
		MergeCertificate:           row("create", "certificates/create/action"),
		GetCertificate:             row("get", "certificates/read"),
		GetCertificates:            row("list", "certificates/read"),
		GetCertificateVersions:     row("list", "certificates/read"),
		UpdateCertificate:          row("update", "certificates/update/action"),
		DeleteCertificate:          row("delete", "certificates/delete"),
		GetDeletedCertificate:      row("get", "certificates/read"),
		GetDeletedCertificates:     row("list", "certificates/read"),
		RecoverDeletedCertificate:  row("recover", "certificates/recover/action"),
		PurgeDeletedCertificate:    row("purge", "certificates/purge/action"),
		BackupCertificate:          row("backup", "certificates/backup/action"),
		RestoreCertificate:         row("restore", "certificates/restore/action"),
		GetCertificatePolicy:       row("get", "certificates/read"),
		UpdateCertificatePolicy:    row("update", "certificates/update/action"),
		GetCertificateOperation:    row("get", "certificates/read"),
		UpdateCertificateOperation: row("update", "certificates/update/action"),
		DeleteCertificateOperation: row("update", "certificates/update/action"),
		SetCertificateIssuer:       row("setissuers", "certificatecas/write"),
		GetCertificateIssuer:       row("getissuers", "certificatecas/read"),
		GetCertificateIssuers:      row("listissuers", "certificatecas/read"),
		UpdateCertificateIssuer:    row("setissuers", "certificatecas/write"),
		DeleteCertificateIssuer:    row("deleteissuers", "certificatecas/delete"),
		SetCertificateContacts:     row("managecontacts", "certificatecontacts/write"),
		GetCertificateContacts:     row("managecontacts", "certificatecontacts/write"),
		DeleteCertificateContacts:  row("managecontacts", "certificatecontacts/write"),
	}
}
