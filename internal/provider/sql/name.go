package sql

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

const invalidServerName = "Specified server name contains unsupported characters or is too long. Server name must be no longer " +
	"than 63 characters long, contain only lower-case characters or digits, cannot contain '.' or '_' characters and can't " +
	"start or end with '-' character."

// checkServerName holds the rule of servers' names, which are labels of host names.
func checkServerName(name string) error {
	ok := name != "" && len(name) <= 63 && name[0] != '-' && name[len(name)-1] != '-'
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		ok = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-'
	}
	if ok {
		return nil
	}
	return refuse("InvalidServerName", invalidServerName)
}

// checkChildName holds the rule of the names of rules, databases and pools.
func checkChildName(name, parameter string) error {
	if name == "" || utf8.RuneCountInString(name) > 128 || strings.ContainsAny(name, `<>*%&:\/?`) ||
		strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") {
		return invalid(parameter)
	}
	return nil
}

func checkRuleName(name string) error { return checkChildName(name, "firewallRuleName") }

func checkPoolName(name string) error { return checkChildName(name, "elasticPoolName") }

func checkDatabaseName(name string) error {
	if reserved(name) {
		return reservedName()
	}
	return checkChildName(name, "databaseName")
}

// reserved reports whether a database's name is the system's.
func reserved(name string) bool {
	switch strings.ToLower(name) {
	case master, "model", "msdb", "tempdb", "resource":
		return true
	}
	return false
}

// checkNameAvailability says whether a server may have a name.
// Source: learn.microsoft.com/rest/api/sql/servers/check-name-availability.
func (p *provider) checkNameAvailability(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	var body struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	if err := read(call.Body, &body); err != nil {
		return nil, err
	}
	if !strings.EqualFold(body.Type, Namespace+"/servers") {
		return nil, invalid("type")
	}
	answer := map[string]any{"name": body.Name, "available": true}
	if checkServerName(body.Name) != nil {
		answer["available"], answer["reason"], answer["message"] = false, "Invalid", invalidServerName
		return &resource.Answer{Body: answer}, nil
	}
	_, taken, err := p.Registry.Server(ctx, body.Name)
	if err != nil {
		return nil, fault.Wrap("sql.checkNameAvailability", err)
	}
	if taken {
		answer["available"], answer["reason"] = false, "AlreadyExists"
		answer["message"] = "Specified server name is already used"
	}
	return &resource.Answer{Body: answer}, nil
}
