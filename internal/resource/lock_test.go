package resource_test

import (
	"fmt"
	"strings"
	"testing"
)

const locks = "/providers/Microsoft.Authorization/locks/"

func TestLocks(t *testing.T) {
	w := newWorld(t)
	at := `{"location":"chinanorth"}`
	w.must(201, "PUT", boxes+"/b", at)
	lock := func(scope, level string) {
		t.Helper()
		w.must(201, "PUT", scope+locks+"l", `{"properties":{"level":"`+level+`","notes":"n"}}`)
	}
	unlock := func(scope string) { t.Helper(); w.must(200, "DELETE", scope+locks+"l", "") }

	for _, scope := range []string{sub, rg, boxes + "/b"} {
		lock(scope, "CanNotDelete")
		message := fmt.Sprintf("The scope '%s/b' cannot perform delete operation because following scope(s) are locked: '%s'. Please remove the lock and try again.", boxes, scope)
		w.refuse(409, "ScopeLocked", message, "DELETE", boxes+"/b", "")
		w.refuse(409, "ScopeLocked", "cannot perform delete operation", "DELETE", rg, "")
		w.must(200, "PUT", boxes+"/b", at)
		w.must(200, "POST", boxes+"/b/openLid", "")
		unlock(scope)

		lock(scope, "readonly")
		w.refuse(409, "ScopeLocked", "cannot perform write operation", "PUT", boxes+"/b", at)
		w.refuse(409, "ScopeLocked", "", "PATCH", boxes+"/b", `{"tags":{}}`)
		w.refuse(409, "ScopeLocked", "", "POST", boxes+"/b/openLid", "")
		w.refuse(409, "ScopeLocked", "", "DELETE", boxes+"/b", "")
		w.refuse(409, "ScopeLocked", "", "PUT", boxes+"/b/drawers/d", "{}")
		w.refuse(409, "ScopeLocked", "", "DELETE", rg, "")
		w.refuse(409, "ScopeLocked", "", "PUT", boxes+"/b/providers/Microsoft.Resources/tags/default", `{"properties":{"tags":{}}}`)
		w.must(200, "GET", boxes+"/b", "")
		unlock(scope)
	}
	// A lock holds at its scope and below, not beside it.
	lock(boxes+"/b", "ReadOnly")
	w.must(201, "PUT", boxes+"/bb", at)
	w.must(200, "DELETE", boxes+"/bb", "")
	unlock(boxes + "/b")
	w.must(200, "DELETE", boxes+"/b", "")
}

func TestLockRules(t *testing.T) {
	w := newWorld(t)
	w.refuse(400, "LockLevelNotSpecified", "", "PUT", rg+locks+"l", `{"properties":{"level":"Maybe"}}`)
	w.refuse(400, "LockLevelNotSpecified", "", "PUT", rg+locks+"l", `{}`)
	w.refuse(400, "LockNotesTooLong", "", "PUT", rg+locks+"l", `{"properties":{"level":"ReadOnly","notes":"`+strings.Repeat("x", 513)+`"}}`)
	w.refuse(400, "InvalidLockScope", "", "PUT", locks+"l", `{"properties":{"level":"ReadOnly"}}`)
	a := w.must(201, "PUT", rg+locks+"l", `{"properties":{"level":"readOnly","junk":1}}`)
	if a.at("properties", "level") != "ReadOnly" || a.at("properties", "junk") != nil || a.at("type") != "Microsoft.Authorization/locks" {
		t.Error(a.text)
	}
	if got := w.must(200, "GET", sub+strings.TrimSuffix(locks, "/"), "").names(); got != "l" {
		t.Errorf("locks of the subscription and below: %q", got)
	}
	w.refuse(403, "AuthorizationFailed", "", "DELETE", rg+locks+"l", "", as("eve"))
}

func TestTags(t *testing.T) {
	w := newWorld(t)
	w.must(201, "PUT", boxes+"/b", `{"location":"chinanorth","tags":{"a":"1"}}`)
	w.must(201, "PUT", boxes+"/b/drawers/d", `{}`)
	const tags = "/providers/Microsoft.Resources/tags/default"
	v := version("2021-04-01")
	for _, scope := range []string{boxes + "/b", rg, sub} {
		w.must(200, "PUT", scope+tags, `{"properties":{"tags":{"a":"1","b":"2"}}}`, v)
		for _, step := range []struct{ body, want string }{
			{`{"operation":"Merge","properties":{"tags":{"B":"3","c":"4"}}}`, "map[a:1 b:3 c:4]"},
			{`{"operation":"Delete","properties":{"tags":{"a":"9","b":"3","c":null}}}`, "map[a:1]"},
			{`{"operation":"Replace","properties":{"tags":{"z":"9"}}}`, "map[z:9]"},
		} {
			a := w.must(200, "PATCH", scope+tags, step.body, v)
			if got := fmt.Sprint(a.at("properties", "tags")); got != step.want {
				t.Errorf("%s: %s: %s", scope, step.body, got)
			}
		}
		if a := w.must(200, "GET", scope, ""); fmt.Sprint(a.at("tags")) != "map[z:9]" {
			t.Errorf("%s shows %v", scope, a.at("tags"))
		}
		if a := w.must(200, "GET", scope+tags, "", v); a.at("id") != scope+tags {
			t.Error(a.text)
		}
		w.refuse(400, "InvalidRequestContent", "", "PATCH", scope+tags, `{"operation":"Paint","properties":{"tags":{}}}`, v)
		w.refuse(403, "AuthorizationFailed", "", "PUT", scope+tags, `{}`, v, as("eve"))
	}
	if a := w.must(200, "GET", sub+"/tagNames", ""); !strings.Contains(a.text, `"tagName":"z","count":{"type":"Total","value":2}`) {
		t.Error(a.text)
	}
	w.must(200, "DELETE", rg+tags, "", v)
	if a := w.must(200, "GET", rg, ""); a.at("tags") != nil {
		t.Error(a.text)
	}
	w.refuse(400, "ResourceDoesNotSupportTags", "", "GET", boxes+"/b/drawers/d"+tags, "", v)
	w.refuse(400, "InvalidTagsResourceName", "", "GET", rg+"/providers/Microsoft.Resources/tags/other", "", v)
	w.refuse(404, "ResourceGroupNotFound", "", "GET", sub+"/resourceGroups/none"+tags, "", v)
	w.refuse(404, "ResourceNotFound", "", "GET", boxes+"/none"+tags, "", v)
}
