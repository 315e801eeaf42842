package template

import (
	"reflect"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

// loaded is a template with the sections given.
func loaded(t *testing.T, sections, parameters string) (*Program, error) {
	t.Helper()
	return Load(decode(t, `{`+head+`, `+sections+`}`), decode(t, parameters), testContext())
}

func names(p *Program) []string {
	var out []string
	for _, r := range p.Resources() {
		name := r.Name
		if r.Skipped {
			name += " skipped"
		}
		out = append(out, name)
	}
	return out
}

const boxes = `"type": "Contoso.Toys/boxes", "apiVersion": "2024-01-01"`

func TestOrder(t *testing.T) {
	for name, c := range map[string]struct {
		resources string
		want      []string
	}{
		"as written":       {`[{` + boxes + `, "name": "a"}, {` + boxes + `, "name": "b"}]`, []string{"a", "b"}},
		"by id":            {`[{` + boxes + `, "name": "a", "dependsOn": ["[resourceId('Contoso.Toys/boxes', 'B')]"]}, {` + boxes + `, "name": "b"}]`, []string{"b", "a"}},
		"by name":          {`[{` + boxes + `, "name": "a", "dependsOn": ["b"]}, {` + boxes + `, "name": "b"}]`, []string{"b", "a"}},
		"by type and name": {`[{` + boxes + `, "name": "a", "dependsOn": ["Contoso.Toys/boxes/b"]}, {` + boxes + `, "name": "b"}]`, []string{"b", "a"}},
		"by reference":     {`[{` + boxes + `, "name": "a", "properties": {"x": ["[concat(reference('b').id, 'x')]"]}}, {` + boxes + `, "name": "b"}]`, []string{"b", "a"}},
		"by keys":          {`[{` + boxes + `, "name": "a", "properties": {"x": "[listKeys(resourceId('Contoso.Toys/boxes', 'b'), '2024-01-01')]"}}, {` + boxes + `, "name": "b"}]`, []string{"b", "a"}},
		"by loop":          {`[{` + boxes + `, "name": "a", "dependsOn": ["bs"]}, {` + boxes + `, "name": "[concat('b', copyIndex(1))]", "copy": {"name": "bs", "count": 2}}]`, []string{"b1", "b2", "a"}},
		"symbolic":         {`{"a": {` + boxes + `, "name": "box-a", "dependsOn": ["z"]}, "z": {` + boxes + `, "name": "box-z"}}`, []string{"box-z", "box-a"}},
		"existing":         {`{"a": {` + boxes + `, "name": "box-a", "properties": {"x": "[reference('e').id]"}}, "e": {"existing": true, ` + boxes + `, "name": "box-e"}}`, []string{"box-a", "box-e"}},
		"a condition":      {`[{` + boxes + `, "name": "a", "condition": false}, {` + boxes + `, "name": "b", "condition": "[equals(1, 1)]", "dependsOn": ["a"]}]`, []string{"a skipped", "b"}},
		"a group":          {`[{` + boxes + `, "name": "a", "dependsOn": ["[subscriptionResourceId('Microsoft.Resources/resourceGroups', 'g')]"]}, {"type": "Microsoft.Resources/resourceGroups", "apiVersion": "1", "name": "g"}]`, []string{"g", "a"}},
		"children":         {`[{` + boxes + `, "name": "a", "resources": [{"type": "lids", "apiVersion": "2024-01-01", "name": "l", "dependsOn": ["a"]}]}]`, []string{"a", "a/l"}},
	} {
		p, err := loaded(t, `"resources": `+c.resources, `null`)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := names(p); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestIDs(t *testing.T) {
	for resource, want := range map[string]string{
		boxes + `, "name": "a"`: groupID + "/providers/Contoso.Toys/boxes/a",
		`"type": "Contoso.Toys/boxes/lids", "apiVersion": "1", "name": "a/l"`:                                                        groupID + "/providers/Contoso.Toys/boxes/a/lids/l",
		`"type": "Microsoft.Authorization/locks", "apiVersion": "1", "name": "l", "scope": "Contoso.Toys/boxes/a"`:                   groupID + "/providers/Contoso.Toys/boxes/a/providers/Microsoft.Authorization/locks/l",
		`"type": "Contoso.Toys/boxes/providers/locks", "apiVersion": "1", "name": "a/Microsoft.Authorization/l"`:                     groupID + "/providers/Contoso.Toys/boxes/a/providers/Microsoft.Authorization/locks/l",
		`"type": "Microsoft.Authorization/locks", "apiVersion": "1", "name": "l", "scope": "[subscriptionResourceId('A.B/c', 'd')]"`: "/subscriptions/" + subscription + "/providers/A.B/c/d/providers/Microsoft.Authorization/locks/l",
		`"type": "A.B/c", "apiVersion": "1", "name": "l", "scope": "/"`:                                                              "/providers/A.B/c/l",
		`"type": "Microsoft.Resources/resourceGroups", "apiVersion": "1", "name": "g"`:                                               "/subscriptions/" + subscription + "/resourceGroups/g",
		`"type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "d", "resourceGroup": "g"`:                            "/subscriptions/" + subscription + "/resourceGroups/g/providers/Microsoft.Resources/deployments/d",
		`"type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "d", "subscriptionId": "` + tenant + `"`:              "/subscriptions/" + tenant + "/providers/Microsoft.Resources/deployments/d",
	} {
		p, err := loaded(t, `"resources": [{`+resource+`}]`, `null`)
		if err != nil {
			t.Errorf("%s: %v", resource, err)
		} else if got := p.Resources()[0].ID; got != want {
			t.Errorf("%s: %s, want %s", resource, got, want)
		}
	}
}

func TestBadTemplates(t *testing.T) {
	for name, c := range map[string]struct{ sections, parameters, want string }{
		"no resources":        {`"outputs": {}`, `null`, "Required property 'resources' not found"},
		"two alike":           {`"resources": [{` + boxes + `, "name": "a"}, {` + boxes + `, "name": "A"}]`, `null`, "defined multiple times"},
		"a circle":            {`"resources": [{` + boxes + `, "name": "a", "dependsOn": ["b"]}, {` + boxes + `, "name": "b", "dependsOn": ["a"]}]`, `null`, "Circular dependency"},
		"an unknown need":     {`"resources": [{` + boxes + `, "name": "a", "dependsOn": ["b"]}]`, `null`, "'b' is not defined in the template"},
		"no name":             {`"resources": [{` + boxes + `}]`, `null`, "no valid 'name'"},
		"wrong segments":      {`"resources": [{` + boxes + `, "name": "a/b"}]`, `null`, "incorrect segment lengths"},
		"a wrong count":       {`"resources": [{` + boxes + `, "name": "a", "copy": {"name": "l", "count": -1}}]`, `null`, "copy count '-1'"},
		"a wrong condition":   {`"resources": [{` + boxes + `, "name": "a", "condition": 1}]`, `null`, "not a Boolean"},
		"a missing parameter": {`"resources": [], "parameters": {"p": {"type": "string"}}`, `null`, "template parameter 'p' is not provided"},
		"an unknown one":      {`"resources": [], "parameters": {"p": {"type": "string"}}`, `{"q": {"value": 1}}`, "'q' in the parameters file are not valid"},
		"a wrong type":        {`"resources": [], "parameters": {"p": {"type": "string"}}`, `{"p": {"value": 1}}`, "Expected 'String'. Actual 'Integer'"},
		"an unknown type":     {`"resources": [], "parameters": {"p": {"type": "magic"}}`, `null`, "type property of the template parameter 'p'"},
		"not allowed":         {`"resources": [], "parameters": {"p": {"type": "string", "allowedValues": ["a", "b"]}}`, `{"p": {"value": "c"}}`, "value(s): 'a,b'"},
		"too short":           {`"resources": [], "parameters": {"p": {"type": "string", "minLength": 3}}`, `{"p": {"value": "ab"}}`, "'minLength'"},
		"too large":           {`"resources": [], "parameters": {"p": {"type": "int", "maxValue": 3}}`, `{"p": {"value": 4}}`, "'maxValue'"},
		"parameters in a ring": {
			`"resources": [], "parameters": {"p": {"type": "string", "defaultValue": "[parameters('q')]"}, "q": {"type": "string", "defaultValue": "[parameters('p')]"}}`,
			`null`, "Circular dependency detected on the template parameter",
		},
		"state in a name": {`"resources": [{` + boxes + `, "name": "[reference('/x', '1')]"}]`, `null`, "not expected at this location"},
	} {
		_, err := loaded(t, c.sections, c.parameters)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "Deployment template validation failed: '") {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

func TestParameters(t *testing.T) {
	p, err := loaded(t, `"resources": [], "definitions": {"size": {"type": "int"}}, "parameters": {"s": {"type": "securestring"}, "v": {"type": "string"}, "n": {"$ref": "#/definitions/size"},
		"d": {"type": "array", "defaultValue": [1]}, "o": {"type": "string", "nullable": true}}`,
		`{"S": {"value": "hidden"}, "v": {"reference": {"keyVault": {"id": "/kv"}, "secretName": "x", "secretVersion": "1"}}, "n": {"value": 2}}`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Parameters()
	want := decode(t, `{"s": {"type": "SecureString"}, "v": {"type": "String", "value": "/kv/x/1"}, "n": {"type": "Int", "value": 2}, "d": {"type": "Array", "value": [1]}, "o": {"type": "String", "value": null}}`)
	if err != nil || !reflect.DeepEqual(any(got), want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestBody(t *testing.T) {
	p, err := loaded(t, `"parameters": {"p": {"type": "string", "defaultValue": "[[x"}}, "resources": [
		{`+boxes+`, "name": "[concat('a', copyIndex())]", "copy": {"name": "l", "count": 2}, "comments": "no", "tags": {"[toUpper('k')]": "v"}, "properties": {"i": "[copyIndex('l', 10)]", "none": "[null()]",
			"copy": [{"name": "each", "count": 2, "input": "[add(copyIndex('each'), copyIndex())]"}]}},
		{"type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "inner", "properties": {"expressionEvaluationOptions": {"scope": "inner"}, "parameters": {"q": {"value": "[parameters('p')]"}}, "template": {"x": "[y()]"}}},
		{"type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "outer", "properties": {"template": {"x": "[parameters('p')]"}}}]`, `null`)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		`{"tags": {"K": "v"}, "properties": {"i": 10, "none": null, "each": [0, 1]}}`, `{"tags": {"K": "v"}, "properties": {"i": 11, "none": null, "each": [1, 2]}}`,
		`{"properties": {"expressionEvaluationOptions": {"scope": "inner"}, "parameters": {"q": {"value": "[x"}}, "template": {"x": "[y()]"}}}`,
		`{"properties": {"template": {"x": "[[x"}}}`,
	} {
		got, err := p.Resources()[i].Body()
		if err != nil || !reflect.DeepEqual(any(got), decode(t, want)) {
			t.Errorf("%d: %#v, %v", i, got, err)
		}
	}
}

func TestOutputs(t *testing.T) {
	p, err := loaded(t, `"resources": [{`+boxes+`, "name": "a"}], "outputs": {"id": {"type": "string", "value": "[reference('a').id]"}, "s": {"type": "securestring", "value": "x"},
		"no": {"condition": false, "type": "string", "value": "[fail('never')]"}, "l": {"type": "array", "copy": {"count": 2, "input": "[copyIndex()]"}}}`, `null`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Outputs()
	want := decode(t, `{"id": {"type": "String", "value": "`+groupID+`/providers/Contoso.Toys/boxes/a"}, "s": {"type": "SecureString"}, "l": {"type": "Array", "value": [0, 1]}}`)
	if err != nil || !reflect.DeepEqual(any(got), want) {
		t.Errorf("%v, %v", got, err)
	}
}
