package sql

import (
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// Bounds of an administrator's password, in characters.
const (
	minPassword = 8
	maxPassword = 128
)

// checkLogin holds the rule of SQL administrators' names.
// Source: learn.microsoft.com "Quickstart: Create a single database", and error 40631's page.
func checkLogin(login string) error {
	taken := []string{
		"admin", "administrator", "sa", "root", "dbmanager", "loginmanager", "dbo", "guest", "public", "sys", "db_owner",
		"information_schema", "db_accessadmin", "db_securityadmin", "db_ddladmin", "db_datareader", "db_datawriter",
		"db_denydatareader", "db_denydatawriter", "db_backupoperator",
	}
	first, _ := utf8.DecodeRuneInString(login)
	odd := strings.ContainsFunc(login, func(r rune) bool { return r <= ' ' || strings.ContainsRune("\"'[]:|<>+=;,?*@\\/%&", r) })
	if login == "" || utf8.RuneCountInString(login) > 128 || odd || !unicode.IsLetter(first) || slices.Contains(taken, strings.ToLower(login)) {
		return refuse("InvalidLoginName", "The provided login name is invalid.")
	}
	return nil
}

// checkPassword holds Azure's rule: 8 to 128 characters of three of four sorts, without the login's name.
// Source: learn.microsoft.com "Password policy - Azure SQL Database".
func checkPassword(password, login string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return refuse("PasswordTooShort", "Password validation failed. The password does not meet policy requirements because it is too short.")
	case n > maxPassword:
		return refuse("PasswordTooLong", "The password that you specified is too long. The password should have no more than %d characters.", maxPassword)
	}
	sorts := 0
	for _, is := range []func(rune) bool{
		unicode.IsUpper, unicode.IsLower, unicode.IsDigit,
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) },
	} {
		if strings.ContainsFunc(password, is) {
			sorts++
		}
	}
	if sorts < 3 || strings.Contains(strings.ToLower(password), strings.ToLower(login)) {
		return refuse("PasswordNotComplex", "Password validation failed. The password does not meet policy requirements because it is not complex enough.")
	}
	return nil
}

// unchosenLogin names the SQL administrator of a server for which nobody chose one, as Azure does. It has no password.
func (p *provider) unchosenLogin() (string, error) {
	var raw [4]byte
	if _, err := io.ReadFull(p.Rand, raw[:]); err != nil {
		return "", fault.Wrap("sql.unchosenLogin", err)
	}
	return "CloudSA" + hex.EncodeToString(raw[:]), nil
}
