package template

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/alcedo-cloud/alcedo/internal/fault"
)

const (
	tenant       = "11111111-1111-1111-1111-111111111111"
	subscription = "22222222-2222-2222-2222-222222222222"
	groupID      = "/subscriptions/" + subscription + "/resourceGroups/rg"
)

// context is a resource group in which each resource has its id as a property.
func testContext() Context {
	return Context{
		TenantID: tenant, SubscriptionID: subscription, Group: "rg", Now: "2026-03-04T05:06:07.8Z",
		NewGUID: func() (string, error) { return "33333333-3333-3333-3333-333333333333", nil },
		Describe: func(what string) (any, error) {
			if what == "resourceGroup" {
				return map[string]any{"id": groupID, "name": "rg", "location": "westeurope"}, nil
			}
			return map[string]any{"name": what}, nil
		},
		Reference: func(id, version string, full bool) (any, error) {
			return map[string]any{"id": id, "version": version, "full": full}, nil
		},
		List: func(name, id, version string, body any) (any, error) {
			return map[string]any{"keys": []any{map[string]any{"value": name + " " + id + " " + version}}, "body": body}, nil
		},
		Secret: func(vault, name, version string) (string, error) { return vault + "/" + name + "/" + version, nil },
	}
}

func decode(t testing.TB, text string) any {
	t.Helper()
	v, err := Decode([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

const head = `"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0"`

// outputOf computes an expression as the output of a template.
func outputOf(t testing.TB, expression string) (any, error) {
	t.Helper()
	text, err := json.Marshal(expression)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Load(decode(t, `{`+head+`, "parameters": {"n": {"type": "int", "defaultValue": 3}, "now": {"type": "string", "defaultValue": "[utcNow('yyyy-MM-dd')]"},
		"id": {"type": "string", "defaultValue": "[newGuid()]"}, "o": {"type": "object", "defaultValue": {"Name": "x", "list": [1, 2, {"deep": true}]}}},
		"variables": {"v": "[add(parameters('n'), 1)]", "copy": [{"name": "squares", "count": 3, "input": "[mul(copyIndex('squares'), copyIndex('squares'))]"}],
			"inside": {"copy": [{"name": "names", "count": 2, "input": {"n": "[format('a{0}', copyIndex('names', 1))]"}}]}},
		"functions": [{"namespace": "my", "members": {"twice": {"parameters": [{"name": "s", "type": "string"}], "output": {"type": "string", "value": "[concat(parameters('s'), parameters('s'))]"}}}}],
		"resources": [{"type": "Contoso.Toys/boxes", "apiVersion": "2024-01-01", "name": "box"}],
		"outputs": {"x": {"type": "object", "value": `+string(text)+`}}}`), nil, testContext())
	if err != nil {
		return nil, err
	}
	outputs, err := p.Outputs()
	if err != nil {
		return nil, err
	}
	return outputs["x"].(map[string]any)["value"], nil
}

// The results of uniqueString are recorded from Bicep; those of guid are version 5 in the namespace of templates.
func TestFunctions(t *testing.T) {
	for expression, want := range map[string]string{
		`plain`: `"plain"`, `[[not one]`: `"[not one]"`, `[]x`: `"[]x"`,
		`['it''s']`: `"it's"`, `[ add( 1 , -2 ) ]`: `-1`, `[concat('a', 1, true())]`: `"a1True"`, `[concat(createArray(1), createArray(2))]`: `[1,2]`,
		`[uniqueString('test')]`: `"rbgf3xv4ufgzg"`, `[uniqueString('hello', 'world')]`: `"a7wkljktk6wne"`, `[uniqueString('abc')]`: `"cgtzqvhu4i23s"`,
		`[uniqueString('foo', 'bar', 'baz')]`:                                                        `"xzi4ioaxtmth4"`,
		`[uniqueString('/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/my-rg')]`: `"bmg7c6xu4tw46"`,
		`[guid('a', 'b')]`:  `"2d796349-8c7e-55ec-9624-54ece82ed031"`,
		`[parameters('N')]`: `3`, `[variables('v')]`: `4`, `[variables('squares')]`: `[0,1,4]`, `[variables('inside').names[1].n]`: `"a2"`,
		`[parameters('o').name]`: `"x"`, `[parameters('o')['list'][2].deep]`: `true`, `[parameters('o').?none]`: `null`, `[parameters('o').list[?9]]`: `null`,
		`[tryGet(parameters('o'), 'list', 0)]`: `1`, `[my.twice('ab')]`: `"abab"`, `[parameters('now')]`: `"2026-03-04"`,
		`[parameters('id')]`: `"33333333-3333-3333-3333-333333333333"`,
		`[toLower('AbC')]`:   `"abc"`, `[trim(' a ')]`: `"a"`, `[format('{0,3}|{0,-3}|{1:D3}|{{}}', 'a', 7)]`: `"  a|a  |007|{}"`,
		`[replace('aXbX', 'X', '-')]`: `"a-b-"`, `[split('a,b;c', createArray(',', ';'))]`: `["a","b","c"]`, `[join(createArray('a', 'b'), '-')]`: `"a-b"`,
		`[substring('abcdef', 2, 3)]`: `"cde"`, `[padLeft('7', 3, '0')]`: `"007"`, `[indexOf('Abc', 'BC')]`: `1`, `[lastIndexOf('abab', 'a')]`: `2`,
		`[startsWith('Abc', 'aB')]`: `true`, `[endsWith('abC', 'Bc')]`: `true`, `[contains(parameters('o'), 'NAME')]`: `true`, `[contains('abc', 'B')]`: `false`,
		`[base64ToString(base64('é'))]`: `"é"`, `[json('{"a":[1]}').a[0]]`: `1`, `[string(createObject('a', 1))]`: `"{\"a\":1}"`,
		`[uri('https://a/b/c', 'd')]`: `"https://a/b/d"`, `[uriComponent('a b/')]`: `"a%20b%2F"`, `[dataUriToString(dataUri('x'))]`: `"x"`,
		`[first('abc')]`: `"a"`, `[last(createArray(1, 2))]`: `2`, `[skip(createArray(1, 2, 3), 1)]`: `[2,3]`, `[take('abc', 2)]`: `"ab"`, `[length('héé')]`: `3`,
		`[empty('')]`: `true`, `[range(2, 3)]`: `[2,3,4]`, `[flatten(createArray(createArray(1), createArray(2, 3)))]`: `[1,2,3]`,
		`[union(createObject('a', createObject('b', 1)), createObject('a', createObject('c', 2)))]`: `{"a":{"b":1,"c":2}}`,
		`[union(createArray(1, 2), createArray(2, 3))]`:                                             `[1,2,3]`, `[intersection(createArray(1, 2), createArray(2, 3))]`: `[2]`, `[max(1, 3, 2)]`: `3`, `[min(createArray(2, 1))]`: `1`,
		`[if(equals(1, 1), 'y', div(1, 0))]`: `"y"`, `[and(true(), not(false()))]`: `true`, `[or(false(), true())]`: `true`, `[coalesce(null(), 2)]`: `2`,
		`[less(1, 2)]`: `true`, `[greaterOrEquals('b', 'a')]`: `true`, `[mod(7, 4)]`: `3`, `[int('12')]`: `12`, `[bool('TRUE')]`: `true`,
		`[map(createArray(1, 2), lambda('x', mul(lambdaVariables('x'), 2)))]`:                                              `[2,4]`,
		`[filter(range(0, 5), lambda('x', equals(mod(lambdaVariables('x'), 2), 0)))]`:                                      `[0,2,4]`,
		`[reduce(range(1, 4), 0, lambda('a', 'b', add(lambdaVariables('a'), lambdaVariables('b'))))]`:                      `10`,
		`[sort(createArray(3, 1, 2), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))]`:                 `[1,2,3]`,
		`[toObject(createArray('a', 'b'), lambda('x', lambdaVariables('x')), lambda('x', toUpper(lambdaVariables('x'))))]`: `{"a":"A","b":"B"}`,
		`[items(createObject('b', 2, 'a', 1))[0].key]`:                                                                     `"a"`, `[objectKeys(createObject('b', 2, 'a', 1))]`: `["a","b"]`,
		`[dateTimeAdd('2026-01-31T00:00:00Z', 'P1D')]`: `"2026-02-01T00:00:00Z"`, `[dateTimeAdd('2026-01-31T00:00:00Z', '-PT1H', 'yyyy-MM-dd HH:mm')]`: `"2026-01-30 23:00"`,
		`[dateTimeToEpoch('1970-01-02T00:00:00Z')]`: `86400`, `[dateTimeFromEpoch(86400)]`: `"1970-01-02T00:00:00Z"`,
		`[cidrSubnet('10.144.0.0/20', 24, 1)]`: `"10.144.1.0/24"`, `[cidrHost('10.144.3.0/24', 4)]`: `"10.144.3.5"`,
		`[resourceId('Contoso.Toys/boxes', 'b')]`:                                         `"` + groupID + `/providers/Contoso.Toys/boxes/b"`,
		`[resourceId('other', 'Contoso.Toys/boxes/lids', 'b', 'l')]`:                      `"/subscriptions/` + subscription + `/resourceGroups/other/providers/Contoso.Toys/boxes/b/lids/l"`,
		`[resourceId('` + tenant + `', 'other', 'Contoso.Toys/boxes', 'b')]`:              `"/subscriptions/` + tenant + `/resourceGroups/other/providers/Contoso.Toys/boxes/b"`,
		`[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'x')]`:        `"/subscriptions/` + subscription + `/providers/Microsoft.Authorization/roleDefinitions/x"`,
		`[tenantResourceId('Microsoft.Authorization/roleDefinitions', 'x')]`:              `"/providers/Microsoft.Authorization/roleDefinitions/x"`,
		`[extensionResourceId(resourceGroup().id, 'Microsoft.Authorization/locks', 'x')]`: `"` + groupID + `/providers/Microsoft.Authorization/locks/x"`,
		`[resourceGroup().location]`:                                                      `"westeurope"`, `[environment().name]`: `"environment"`,
		`[reference('box').version]`:                              `"2024-01-01"`,
		`[reference(resourceId('Contoso.Toys/boxes', 'BOX')).id]`: `"` + groupID + `/providers/Contoso.Toys/boxes/box"`,
		`[reference('/x/y', '2020-01-01', 'Full').full]`:          `true`,
		`[listKeys('box', '2023-01-01').keys[0].value]`:           `"listKeys ` + groupID + `/providers/Contoso.Toys/boxes/box 2023-01-01"`,
	} {
		got, err := outputOf(t, expression)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
		} else if !reflect.DeepEqual(got, decode(t, want)) {
			t.Errorf("%s = %#v, want %s", expression, got, want)
		}
	}
}

func TestBadExpressions(t *testing.T) {
	for expression, want := range map[string]string{
		`[` + `]`: "not expected", `[concat(]`: "not expected", `[concat('a']`: "not expected", `['a]`: "not expected", `[none()]`: "'none' is not valid", `[concat()]`: "does not take '0'",
		`[parameters('none')]`: "parameter 'none' is not found", `[variables('none')]`: "variable 'none' is not found", `[toLower(1)]`: "type 'Integer'",
		`[parameters('o').none]`: "property 'none' doesn't exist", `[parameters('o').list[9]]`: "out of bounds", `[substring('abc', 2, 5)]`: "must refer to a location",
		`[add(9223372036854775807, 1)]`: "can't be computed", `[div(1, 0)]`: "can't be computed", `[mul(9223372036854775807, 2)]`: "can't be computed",
		`[resourceId('Contoso.Toys/boxes')]`: "does not take '1'", `[resourceId('Contoso.Toys/boxes', 'a', 'b')]`: "requires '1' resource name",
		`[copyIndex()]`: "not expected at this location", `[newGuid()]`: "not expected at this location", `[utcNow()]`: "not expected at this location",
		`[reference('other')]`: "could not find template resource", `[reference('/x')]`: "needs an api-version", `[my.twice()]`: "does not take '0'", `[my.none()]`: "is not valid",
		`[lambdaVariables('x')]`: "is not found", `[map(createArray(1), lambda('a', 'b', 'c', 1))]`: "names '3' arguments", `[fail('on purpose')]`: "on purpose",
		`[json('{')]`: "no parameter", `[format('{3}', 1)]`: "no argument", `[if('a', 1, 2)]`: "type 'String'", `[range(0, 99999)]`: "range",
		`[` + strings.Repeat("concat(", 100) + strings.Repeat(")", 100) + `]`: "deeper than",
		`[map(range(0, 10000), lambda('x', range(0, 10000)))]`:                "computes too much",
		`[union(range(0, 10000), range(10000, 10000))]`:                       "computes too much",
		`[replace(padLeft('a', 4000, 'a'), 'a', padLeft('b', 4000, 'b'))]`:    "too long",
	} {
		v, err := outputOf(t, expression)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v, want %s", expression, v, err, want)
		}
	}
}

func FuzzExpression(f *testing.F) {
	for _, seed := range []string{"[concat('a', 'b')]", "[parameters('o').list[0]]", "[map(range(0, 3), lambda('x', lambdaVariables('x')))]", "[format('{0:D3}', 1)]", "[cidrSubnet('::/0', 64, 1)]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := outputOf(t, text); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"a": [1, 2.5, "x\u00e9\ud83d\ude00", true, null]}`, "{a: 'b', /* c */ \"d\": \"e\nf\", // g\n}", `{"resources": {"a": {"copy": {}}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Decode(data)
		if err != nil {
			return
		}
		var want any
		if json.Unmarshal(data, &want) == nil {
			text, err := json.Marshal(v)
			var got any
			if err != nil || json.Unmarshal(text, &got) != nil || !reflect.DeepEqual(got, want) && !strings.ContainsAny(string(data), "eE") {
				t.Errorf("%q: %s, %v", data, text, err)
			}
		}
		if _, err := Load(v, nil, testContext()); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", data, err)
		}
	})
}

func TestDecode(t *testing.T) {
	got := decode(t, "\ufeff{ // a comment\n properties: {'a': \"x\ny\", \"b\": [1, 2.5, true, null,], /* more */ \"url\": \"http://x\", \"e\": \"\\u00e9\\ud83d\\ude00\\n\",}}")
	want := map[string]any{"properties": map[string]any{
		"a": "x\ny", "b": []any{int64(1), 2.5, true, nil}, "url": "http://x", "e": "é😀\n",
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%#v", got)
	}
	for _, bad := range []string{``, `{`, `{"a"}`, `{"a":}`, `[1 2]`, `"a`, `{"a":1}x`, `nul`, `01x`, `{1:2}`, "\"\\x\"", strings.Repeat("[", 1000)} {
		if v, err := Decode([]byte(bad)); err == nil {
			t.Errorf("%s: %#v", bad, v)
		}
	}
}
