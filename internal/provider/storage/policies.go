package storage

import (
	"regexp"
	"strings"
)

// period is a time span as .NET writes it: d.hh:mm:ss.
var period = regexp.MustCompile(`^([0-9]{1,5}\.)?[0-2][0-9]:[0-5][0-9]:[0-5][0-9]$`)

// sasPolicy is how long signatures should live. Azure only logs those that live longer, unless it is told to refuse them,
// which alcedo cannot.
func sasPolicy(v any) (any, bool) {
	p, ok := pick(v, "sasExpirationPeriod", "expirationAction")
	if !ok {
		return nil, false
	}
	span, _ := p["sasExpirationPeriod"].(string)
	action, given := p["expirationAction"].(string)
	if !given {
		action = "Log"
	}
	if !period.MatchString(span) || !strings.EqualFold(action, "Log") {
		return nil, false
	}
	return map[string]any{"sasExpirationPeriod": span, "expirationAction": "Log"}, true
}

// keyPolicy is how old keys should become. Nothing is refused because of it, in Azure neither.
func keyPolicy(v any) (any, bool) {
	p, ok := pick(v, "keyExpirationPeriodInDays")
	days, is := p["keyExpirationPeriodInDays"].(float64)
	if !ok || !is || days < 0 || days > 1<<31-1 || days != float64(int(days)) {
		return nil, false
	}
	return p, true
}

// encryption takes keys of Microsoft's only. Which services it names makes no difference: all is encrypted.
func encryption(v any) (any, bool) {
	e, ok := pick(v, "services", "keySource", "requireInfrastructureEncryption")
	if !ok {
		return nil, false
	}
	if source, given := e["keySource"]; given {
		if text, is := source.(string); !is || !strings.EqualFold(text, "Microsoft.Storage") {
			return nil, false
		}
	}
	e["keySource"] = "Microsoft.Storage"
	if required, given := e["requireInfrastructureEncryption"]; given {
		if _, is := required.(bool); !is {
			return nil, false
		}
	}
	delete(e, "services")
	return e, true
}

func noDomain(v any) (any, bool) {
	d, ok := pick(v, "name", "useSubDomainName")
	return nil, ok && (d["name"] == nil || d["name"] == "")
}

func noFileIdentities(v any) (any, bool) {
	d, ok := pick(v, "directoryServiceOptions")
	return d, ok && (d["directoryServiceOptions"] == nil || d["directoryServiceOptions"] == "None")
}

func microsoftRouting(v any) (any, bool) {
	r, ok := pick(v, "routingChoice", "publishMicrosoftEndpoints", "publishInternetEndpoints")
	return r, ok && (r["routingChoice"] == nil || r["routingChoice"] == "MicrosoftRouting") &&
		r["publishMicrosoftEndpoints"] != true && r["publishInternetEndpoints"] != true
}
