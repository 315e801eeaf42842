package resource_test

import (
	"strings"
	"testing"
)

func TestPredefinedTags(t *testing.T) {
	w := newWorld(t)
	tag := sub + "/tagNames/stage"
	if a := w.must(201, "PUT", tag, ""); !strings.Contains(a.text, `"tagName":"stage","count":{"type":"Total","value":0},"values":[]`) {
		t.Error(a.text)
	}
	w.must(200, "PUT", tag, "")
	if a := w.must(201, "PUT", tag+"/tagValues/prod", ""); !strings.Contains(a.text, `"tagValue":"prod","count":{"type":"Total","value":0}`) {
		t.Error(a.text)
	}
	w.must(200, "PUT", tag+"/tagValues/prod", "")
	w.must(200, "PATCH", rg, `{"tags":{"stage":"prod"}}`)
	if a := w.must(200, "GET", sub+"/tagNames", ""); !strings.Contains(a.text, `"tagName":"stage","count":{"type":"Total","value":1}`) {
		t.Error(a.text)
	}
	w.refuse(409, "TagInUse", "", "DELETE", tag, "")
	w.refuse(409, "TagInUse", "", "DELETE", tag+"/tagValues/prod", "")
	w.must(200, "PATCH", rg, `{"tags":{}}`)
	w.must(200, "DELETE", tag+"/tagValues/prod", "")
	w.must(204, "DELETE", tag+"/tagValues/prod", "")
	w.must(200, "DELETE", tag, "")
	w.must(204, "DELETE", tag, "")
	w.refuse(404, "TagNameNotFound", "", "PUT", tag+"/tagValues/prod", "")
	w.refuse(405, "MethodNotAllowed", "", "GET", tag, "")
	w.refuse(400, "InvalidTagNameCharacters", "", "PUT", sub+"/tagNames/a%b", "")
	w.refuse(403, "AuthorizationFailed", "", "PUT", tag, "", as("eve"))
}

func TestCheckResourceName(t *testing.T) {
	w := newWorld(t)
	for name, want := range map[string]string{"box": "Allowed", "Azure": "Reserved", "my-windows-box": "Reserved", "loginbox": "Reserved", "azure-box": "Allowed"} {
		a := w.must(200, "POST", "/providers/Microsoft.Resources/checkResourceName", `{"name":"`+name+`","type":"Contoso.Toys/boxes"}`, as("eve"))
		if !strings.Contains(a.text, `"status":"`+want+`"`) {
			t.Errorf("%s: %s", name, a.text)
		}
	}
	w.refuse(400, "InvalidRequestContent", "", "POST", "/providers/Microsoft.Resources/checkResourceName", `{"name":"x"}`)
	w.refuse(400, "InvalidRequestContent", "", "POST", "/providers/Microsoft.Resources/checkResourceName", ``)
}
