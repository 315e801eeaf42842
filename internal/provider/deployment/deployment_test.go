package deployment_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/audit"
	"github.com/alcedo-cloud/alcedo/internal/caller"
	"github.com/alcedo-cloud/alcedo/internal/clock"
	"github.com/alcedo-cloud/alcedo/internal/cloud"
	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/provider/deployment"
	"github.com/alcedo-cloud/alcedo/internal/rbac"
	"github.com/alcedo-cloud/alcedo/internal/rbac/assignments"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/store"
	"github.com/alcedo-cloud/alcedo/internal/store/storetest"
)

const (
	tenant = "11111111-1111-1111-1111-111111111111"
	owner  = "aaaaaaaa-0000-0000-0000-000000000001"
	keeper = "bbbbbbbb-0000-0000-0000-000000000002" // may deploy, and write vaults alone
	nobody = "cccccccc-0000-0000-0000-000000000003"
	subID  = "22222222-2222-2222-2222-222222222222"
	sub    = "/subscriptions/" + subID
	rg     = sub + "/resourceGroups/rg"

	ownerRole       = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	contributorRole = "f25e0fa2-a7c8-4377-a976-54943a77a395" // Key Vault Contributor
	version         = "2024-03-01"
	head            = `"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0"`
	box             = `"type": "Contoso.Toys/boxes", "apiVersion": "2024-01-01", "location": "westeurope"`
)

// world is Resource Manager with deployments and a provider of boxes. A box must not be broken.
type world struct {
	testing.TB
	resources   *resource.Service
	assignments *assignments.Service
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t}
	s, now := storetest.Memory(t), clock.NewFake(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	var err error
	w.assignments, err = assignments.Open(t.Context(), assignments.Config{
		Store: s, Clock: now, TenantID: tenant, Groups: func(context.Context, string) ([]string, error) { return nil, nil },
		PrincipalType: func(context.Context, string) (rbac.PrincipalType, bool, error) { return rbac.User, true, nil },
	})
	w.check(err)
	door := audit.New(audit.Config{Decider: w.assignments, Store: s, Clock: now})
	t.Cleanup(func() {
		if err := door.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Error(err)
		}
	})
	public, err := cloud.ByName("AzureCloud")
	w.check(err)
	w.resources, err = resource.New(resource.Config{
		Store: s, Door: door, Clock: now, Rand: rand.Reader, Cloud: public, TenantID: tenant,
		Providers: []resource.Provider{boxes(), deployment.Provider(deployment.Config{
			Cloud: public, Clock: now, Rand: rand.Reader, TenantID: tenant,
			Secret: func(_ context.Context, vault resource.ID, name, version string) (string, error) {
				return vault.Name() + "/" + name + "/" + version, nil
			},
		})},
		Deleted: w.assignments.DeleteBelow, Visible: w.assignments.Visible,
	})
	w.check(err)
	w.check(s.Update(t.Context(), func(tx store.Tx) error {
		if err := w.resources.CreateSubscription(tx, subID, "Test"); err != nil {
			return err
		}
		for who, role := range map[string]string{owner: ownerRole, keeper: contributorRole} {
			if err := w.assignments.Assign(tx, rbac.Assignment{
				Scope: rbac.NewScope(sub), RoleName: role, PrincipalID: who, PrincipalType: rbac.User,
			}); err != nil {
				return err
			}
		}
		return nil
	}))
	w.send(owner, "PUT", rg, `{"location":"westeurope"}`).ok(201)
	return w
}

func boxes() resource.Provider {
	put := func(_ context.Context, ch *resource.Change) error {
		if ch.New.Properties["broken"] == true {
			return fault.New(fault.Invalid, "boxes", "BrokenBox", "The box is broken.")
		}
		ch.New.Properties["serial"] = "no. " + ch.New.Name
		return nil
	}
	keys := func(_ context.Context, c *resource.Call) (*resource.Answer, error) {
		return &resource.Answer{Status: 200, Body: map[string]any{"key": "key of " + c.ID.Name()}}, nil
	}
	return resource.Provider{Namespace: "Contoso.Toys", Types: []resource.Type{
		{
			Name: "boxes", APIVersions: []string{"2024-01-01"}, Stored: &resource.Stored{Tracked: true, Put: put},
			Actions: map[string]resource.Handler{"listKeys": keys},
		},
		{Name: "boxes/lids", APIVersions: []string{"2024-01-01"}, Stored: &resource.Stored{}},
	}}
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// outcome is an answer or a refusal.
type outcome struct {
	w       *world
	request string
	status  int
	header  map[string]string
	err     error
	body    map[string]any
}

func (w *world) send(who, method, path, body string) outcome {
	w.Helper()
	path, query, _ := strings.Cut(path, "?")
	values, err := url.ParseQuery(query)
	w.check(err)
	o := outcome{w: w, request: method + " " + path}
	answer, err := w.resources.Do(w.Context(), &resource.Request{
		Caller: caller.Caller{Kind: caller.User, TenantID: tenant, ObjectID: who, Name: who}, Method: method, Path: path,
		APIVersion: version, Query: values, Body: []byte(body), BaseURL: "https://management.azure.com",
	})
	if o.err = err; err != nil {
		return o
	}
	o.status, o.header = answer.Status, answer.Header
	if answer.Body != nil {
		text, err := json.Marshal(answer.Body)
		w.check(err)
		w.check(json.Unmarshal(text, &o.body))
	}
	return o
}

func (o outcome) ok(status int) outcome {
	o.w.Helper()
	if o.err != nil || o.status != status {
		o.w.Fatalf("%s: %d, %v, want %d", o.request, o.status, o.err, status)
	}
	return o
}

func (o outcome) refused(kind fault.Kind, code, part string) {
	o.w.Helper()
	if fault.KindOf(o.err) != kind || fault.ReasonOf(o.err) != code || !strings.Contains(fmt.Sprint(o.err), part) {
		o.w.Errorf("%s: %d, %v, want %v %s %s", o.request, o.status, o.err, kind, code, part)
	}
}

// at is what stands at a path of members and indexes.
func (o outcome) at(path ...any) any {
	var v any = o.body
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[step]
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return nil
			}
			v = list[step]
		}
	}
	return v
}

func (o outcome) want(value any, path ...any) outcome {
	o.w.Helper()
	if got := o.at(path...); !reflect.DeepEqual(got, value) {
		o.w.Errorf("%s: %v is %#v, want %#v", o.request, path, got, value)
	}
	return o
}

// deploy sends a template with these sections to the group, as az writes requests: a name is without quotes.
func (w *world) deploy(who, name, sections string, more ...string) outcome {
	w.Helper()
	mode := "Incremental"
	if len(more) > 0 {
		mode = more[0]
	}
	return w.send(who, "PUT", rg+"/providers/Microsoft.Resources/deployments/"+name,
		`{"properties": {"mode": "`+mode+`", "parameters": {"p": {"value": "given"}}, template: {`+head+`, "parameters": {"p": {"type": "string"}, "s": {"type": "securestring", "defaultValue": "hidden"}}, `+sections+`}}}`)
}

func TestDeploy(t *testing.T) {
	w := newWorld(t)
	o := w.deploy(owner, "d", `"resources": [
		{"type": "Contoso.Toys/boxes/lids", "apiVersion": "2024-01-01", "name": "a/lid", "properties": {"of": "[reference('a').serial]", "key": "[listKeys('a').key]"}},
		{`+box+`, "name": "[concat('b', copyIndex())]", "copy": {"name": "loop", "count": 2}, "condition": "[equals(copyIndex(), 1)]", "properties": {"p": "[parameters('p')]", "s": "[parameters('s')]"}},
		{`+box+`, "name": "a"}],
		"outputs": {"serial": {"type": "string", "value": "[reference(resourceId('Contoso.Toys/boxes', 'b1')).serial]"}, "group": {"type": "string", "value": "[resourceGroup().location]"}}`).ok(201)
	o.want(rg+"/providers/Microsoft.Resources/deployments/d", "id").want("Succeeded", "properties", "provisioningState").
		want("no. b1", "properties", "outputs", "serial", "value").want("westeurope", "properties", "outputs", "group", "value").
		want("given", "properties", "parameters", "p", "value").want(nil, "properties", "parameters", "s", "value").
		want(rg+"/providers/Contoso.Toys/boxes/a", "properties", "outputResources", 0, "id")
	w.send(owner, "GET", rg+"/providers/Contoso.Toys/boxes/a/lids/lid?", "").refused(fault.Invalid, "NoRegisteredProviderFound", "") // another version
	w.resource("boxes/a/lids/lid").want("no. a", "properties", "of").want("key of a", "properties", "key")
	w.resource("boxes/b1").want("given", "properties", "p").want("hidden", "properties", "s")
	if got := w.send(owner, "GET", rg+"/resources", "").ok(200); len(got.at("value").([]any)) != 2 {
		t.Errorf("resources %v", got.body)
	}

	path := rg + "/providers/Microsoft.Resources/deployments"
	w.send(owner, "GET", path+"/d", "").ok(200).want("Succeeded", "properties", "provisioningState")
	w.send(owner, "HEAD", path+"/d", "").ok(204)
	w.send(owner, "GET", path+"?$filter=provisioningState eq 'Succeeded'&$top=1", "").ok(200).want("d", "value", 0, "name")
	w.send(owner, "GET", path+"?$filter=provisioningState eq 'Failed'", "").ok(200).want(nil, "value", 0)
	w.send(owner, "GET", path+"?$filter=magic", "").refused(fault.Invalid, "InvalidFilterInQueryString", "")
	ops := w.send(owner, "GET", path+"/d/operations", "").ok(200).want("Create", "value", 0, "properties", "provisioningOperation").
		want("a", "value", 0, "properties", "targetResource", "resourceName").want("EvaluateDeploymentOutput", "value", 3, "properties", "provisioningOperation")
	one, _ := ops.at("value", 0, "operationId").(string)
	w.send(owner, "GET", rg+"/deployments/d/operations/"+one, "").ok(200).want("Succeeded", "properties", "provisioningState")
	w.send(owner, "GET", path+"/d/operations/none", "").refused(fault.NotFound, "DeploymentOperationNotFound", "")
	w.send(owner, "POST", path+"/d/exportTemplate", "").ok(200).want("1.0.0.0", "template", "contentVersion")
	w.send(owner, "POST", path+"/d/cancel", "").refused(fault.Conflict, "DeploymentCannotBeCancelled", "'Succeeded'")
	w.deploy(owner, "d", `"resources": []`).ok(200)
	w.send(owner, "DELETE", path+"/d", "").ok(204)
	w.send(owner, "GET", path+"/d", "").refused(fault.NotFound, "DeploymentNotFound", "'d'")
	w.resource("boxes/a")
}

// resource reads a resource of the test's provider.
func (w *world) resource(path string) outcome {
	w.Helper()
	o := outcome{w: w, request: path}
	answer, err := w.resources.Do(w.Context(), &resource.Request{
		Caller: caller.Caller{Kind: caller.User, TenantID: tenant, ObjectID: owner}, Method: "GET", Path: rg + "/providers/Contoso.Toys/" + path, APIVersion: "2024-01-01",
	})
	w.check(err)
	text, err := json.Marshal(answer.Body)
	w.check(err)
	w.check(json.Unmarshal(text, &o.body))
	return o
}

func TestFailedDeployment(t *testing.T) {
	w := newWorld(t)
	o := w.deploy(owner, "d", `"resources": [{`+box+`, "name": "bad", "properties": {"broken": true}}, {`+box+`, "name": "after", "dependsOn": ["bad"]}, {`+box+`, "name": "other"}]`).
		ok(201).want("Accepted", "properties", "provisioningState")
	poll := strings.TrimPrefix(o.header["Azure-AsyncOperation"], "https://management.azure.com")
	w.send(owner, "GET", poll, "").ok(200).want("Failed", "status").want("DeploymentFailed", "error", "code").want("BrokenBox", "error", "details", 0, "code")
	w.send(owner, "GET", o.at("id").(string)+"/operationStatuses/other", "").refused(fault.NotFound, "DeploymentNotFound", "")
	w.send(owner, "GET", o.at("id").(string), "").ok(200).want("Failed", "properties", "provisioningState").want("BrokenBox", "properties", "error", "details", 0, "code")
	w.send(owner, "GET", o.at("id").(string)+"/operations", "").ok(200).want("BrokenBox", "value", 0, "properties", "statusMessage", "error", "code").
		want("other", "value", 1, "properties", "targetResource", "resourceName")
	w.resource("boxes/other")
	if got := w.send(owner, "GET", rg+"/resources", "").ok(200); len(got.at("value").([]any)) != 1 {
		t.Errorf("resources %v", got.body)
	}
	w.deploy(owner, "o", `"resources": [], "outputs": {"x": {"type": "string", "value": "[reference('/nowhere/x', '2024-01-01').y]"}}`).ok(201)
	w.send(owner, "GET", rg+"/providers/Microsoft.Resources/deployments/o", "").ok(200).want("DeploymentOutputEvaluationFailed", "properties", "error", "details", 0, "code")
}

// A template opens nothing that its sender may not do.
func TestRights(t *testing.T) {
	w := newWorld(t)
	w.deploy(nobody, "d", `"resources": []`).refused(fault.Denied, "AuthorizationFailed", "deployments/write")
	w.deploy(keeper, "d", `"resources": [{`+box+`, "name": "a"}]`).refused(fault.Denied, "InvalidTemplateDeployment",
		"does not have permission to perform action 'Contoso.Toys/boxes/write' at scope '"+rg+"/providers/Contoso.Toys/boxes/a'")
	w.send(keeper, "GET", rg+"/providers/Microsoft.Resources/deployments/d", "").refused(fault.NotFound, "DeploymentNotFound", "")
	w.deploy(keeper, "d", `"resources": []`).ok(201)
	// What is only read is asked of the caller too.
	w.deploy(owner, "a", `"resources": [{`+box+`, "name": "a"}]`).ok(201)
	w.deploy(keeper, "keys", `"resources": [], "outputs": {"k": {"type": "object", "value": "[listKeys(resourceId('Contoso.Toys/boxes', 'a'), '2024-01-01')]"}}`).ok(201)
	w.send(keeper, "GET", rg+"/providers/Microsoft.Resources/deployments/keys", "").ok(200).want("Failed", "properties", "provisioningState").
		want("AuthorizationFailed", "properties", "error", "details", 0, "details", 0, "code")
	// A secret for a parameter wants deploy/action on its vault.
	refer := `{"properties": {"mode": "Incremental", "template": {` + head + `, "parameters": {"p": {"type": "string"}}, "resources": [], "outputs": {"p": {"type": "string", "value": "[parameters('p')]"}}},
		"parameters": {"p": {"reference": {"keyVault": {"id": "` + rg + `/providers/Microsoft.KeyVault/vaults/kv"}, "secretName": "s"}}}}}`
	w.send(owner, "PUT", rg+"/providers/Microsoft.Resources/deployments/s", refer).ok(201).want("kv/s/", "properties", "outputs", "p", "value")
	w.check(w.resources.Store.Update(t.Context(), func(tx store.Tx) error {
		return w.assignments.Assign(tx, rbac.Assignment{Scope: rbac.NewScope(rg), RoleName: "17d1049b-9a84-46fb-8f53-869881c3d3ab", PrincipalID: nobody, PrincipalType: rbac.User})
	}))
	w.send(nobody, "PUT", rg+"/providers/Microsoft.Resources/deployments/s", refer).refused(fault.Denied, "LinkedAuthorizationFailed", "")
}

func TestNested(t *testing.T) {
	w := newWorld(t)
	inner := func(template string) string {
		return `{"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "n", "properties": {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"},
			"parameters": {"q": {"value": "[parameters('p')]"}}, "template": {` + head + `, "parameters": {"q": {"type": "string"}}, ` + template + `}}}`
	}
	w.deploy(owner, "d", `"resources": [`+inner(`"resources": [{`+box+`, "name": "[parameters('q')]"}], "outputs": {"x": {"type": "string", "value": "[reference(parameters('q')).serial]"}}`)+`],
		"outputs": {"x": {"type": "string", "value": "[reference('n').outputs.x.value]"}}`).ok(201).want("no. given", "properties", "outputs", "x", "value")
	w.resource("boxes/given")
	w.deploy(owner, "d", `"resources": [`+inner(`"resources": [{`+box+`, "name": "[parameters('q')]", "properties": {"broken": true}}]`)+`]`).ok(201)
	w.send(owner, "GET", rg+"/providers/Microsoft.Resources/deployments/d", "").ok(200).want("Failed", "properties", "provisioningState").
		want("BrokenBox", "properties", "error", "details", 0, "details", 0, "code")
	deep := `"resources": []`
	for range 8 {
		deep = `"resources": [` + inner(deep) + `]`
	}
	w.deploy(owner, "deep", strings.ReplaceAll(deep, "[parameters('p')]", "x")).ok(201)
	if text := fmt.Sprint(w.send(owner, "GET", rg+"/providers/Microsoft.Resources/deployments/deep", "").body); !strings.Contains(text, "nesting limit") && !strings.Contains(text, "DeploymentFailed") {
		t.Error(text)
	}
}

func TestSubscriptionDeployment(t *testing.T) {
	w := newWorld(t)
	path := sub + "/providers/Microsoft.Resources/deployments/d"
	body := `{"location": "West Europe", "properties": {"mode": "Incremental", "template": {` + head + `, "resources": [
		{"type": "Microsoft.Resources/resourceGroups", "apiVersion": "2022-09-01", "name": "made", "location": "westeurope", "properties": {}},
		{"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "inside", "resourceGroup": "made", "dependsOn": ["made"], "properties": {"mode": "Incremental",
			"expressionEvaluationOptions": {"scope": "inner"}, "template": {` + head + `, "resources": [{` + box + `, "name": "a"}]}}}]}}}`
	w.send(owner, "PUT", path, body).ok(201).want("westeurope", "location").want("Succeeded", "properties", "provisioningState")
	w.send(owner, "GET", sub+"/resourceGroups/made/resources", "").ok(200).want("a", "value", 0, "name")
	w.send(owner, "GET", sub+"/providers/Microsoft.Resources/deployments", "").ok(200).want("d", "value", 0, "name").want(nil, "value", 1)
	w.send(owner, "PUT", path, strings.Replace(body, "West Europe", "eastus", 1)).refused(fault.Conflict, "InvalidDeploymentLocation", "'westeurope'")
	w.send(owner, "PUT", path, strings.Replace(body, `"location": "West Europe", `, "", 1)).refused(fault.Invalid, "LocationRequired", "")
	w.send(owner, "PUT", path, strings.Replace(body, "Incremental", "Complete", 1)).refused(fault.Invalid, "InvalidDeployment", "Complete")
	w.send(owner, "PUT", "/providers/Microsoft.Resources/deployments/d", body).refused(fault.Denied, "AuthorizationFailed", "")
}

func TestComplete(t *testing.T) {
	w := newWorld(t)
	w.deploy(owner, "d", `"resources": [{`+box+`, "name": "a"}, {`+box+`, "name": "b"}]`).ok(201)
	w.deploy(owner, "d", `"resources": [{`+box+`, "name": "b"}]`, "Complete").ok(200)
	w.send(owner, "GET", rg+"/resources", "").ok(200).want("b", "value", 0, "name").want(nil, "value", 1)
}

func TestValidateAndWhatIf(t *testing.T) {
	w := newWorld(t)
	w.deploy(owner, "d", `"resources": [{`+box+`, "name": "a", "properties": {"x": 1}}, {`+box+`, "name": "b"}]`).ok(201)
	path := rg + "/providers/Microsoft.Resources/deployments/w"
	body := func(resources string) string {
		return `{"properties": {"mode": "Incremental", "template": {` + head + `, "resources": [` + resources + `]}}}`
	}
	w.send(owner, "POST", path+"/validate", body(`{`+box+`, "name": "c"}`)).ok(200).want("Succeeded", "properties", "provisioningState").
		want(rg+"/providers/Contoso.Toys/boxes/c", "properties", "validatedResources", 0, "id")
	w.send(owner, "POST", path+"/validate", body(`{`+box+`}`)).refused(fault.Invalid, "InvalidTemplate", "no valid 'name'")
	w.send(keeper, "POST", path+"/validate", body(`{`+box+`, "name": "c"}`)).refused(fault.Denied, "InvalidTemplateDeployment", "")
	o := w.send(owner, "POST", path+"/whatIf", body(`{`+box+`, "name": "a", "properties": {"x": 2}}, {`+box+`, "name": "c"}`)).ok(200).want("Succeeded", "status")
	o.want("Modify", "properties", "changes", 0, "changeType").want("properties.x", "properties", "changes", 0, "delta", 0, "path").
		want("Create", "properties", "changes", 1, "changeType").want("Ignore", "properties", "changes", 2, "changeType")
	secret := `{"properties": {"mode": "Incremental", "parameters": {"s": {"value": "hush"}}, "template": {` + head + `, "parameters": {"s": {"type": "securestring"}}, "resources": [{` + box + `, "name": "c", "properties": {"s": "[parameters('s')]"}}]}}}`
	w.send(owner, "POST", path+"/whatIf", secret).ok(200).want("*******", "properties", "changes", 0, "after", "properties", "s")
	w.send(owner, "POST", path+"/whatIf", body(`{`+box+`, "name": "b"}`)).ok(200).want("NoChange", "properties", "changes", 0, "changeType")
	w.send(owner, "POST", path+"/whatIf", body(`{`+box+`}`)).ok(200).want("Failed", "status").want("InvalidTemplate", "error", "code")
	w.send(owner, "GET", path, "").refused(fault.NotFound, "DeploymentNotFound", "")
	w.send(nobody, "POST", "/providers/Microsoft.Resources/calculateTemplateHash", `{template: 1}`).ok(200).want(`{"template":1}`, "minifiedTemplate")
}

func TestBadDeployments(t *testing.T) {
	w := newWorld(t)
	path := rg + "/providers/Microsoft.Resources/deployments/"
	for name, c := range map[string]struct {
		path, body string
		kind       fault.Kind
		code       string
	}{
		"no JSON":         {"d", `{`, fault.Invalid, "InvalidRequestContent"},
		"no properties":   {"d", `{}`, fault.Invalid, "InvalidRequestContent"},
		"no mode":         {"d", `{"properties": {"template": {}}}`, fault.Invalid, "InvalidDeploymentMode"},
		"no template":     {"d", `{"properties": {"mode": "Incremental"}}`, fault.Invalid, "InvalidTemplate"},
		"a link":          {"d", `{"properties": {"mode": "Incremental", "templateLink": {"uri": "https://x"}}}`, fault.Unsupported, "InvalidContentLink"},
		"a bad template":  {"d", `{"properties": {"mode": "Incremental", "template": {}}}`, fault.Invalid, "InvalidTemplate"},
		"a text":          {"d", `{"properties": {"mode": "Incremental", "template": "{"}}`, fault.Invalid, "InvalidTemplate"},
		"a location":      {"d", `{"location": "westeurope", "properties": {"mode": "Incremental", "template": {}}}`, fault.Invalid, "InvalidDeployment"},
		"a bad name":      {"a b", `{"properties": {"mode": "Incremental", "template": {}}}`, fault.Invalid, "InvalidDeploymentName"},
		"a long name":     {strings.Repeat("a", 65), `{"properties": {"mode": "Incremental", "template": {}}}`, fault.Invalid, "InvalidDeploymentName"},
		"a missing group": {"../x", ``, fault.Invalid, "InvalidRequestUri"},
	} {
		o := w.send(owner, "PUT", path+c.path, c.body)
		o.request = name
		o.refused(c.kind, c.code, "")
	}
	w.send(owner, "PUT", sub+"/resourceGroups/none/providers/Microsoft.Resources/deployments/d", `{}`).refused(fault.NotFound, "ResourceGroupNotFound", "")
	w.send(owner, "PUT", path+"d", `{"properties": {"mode": "Incremental", "template": "{\"$schema\": \"x\", \"contentVersion\": \"1\", \"resources\": []}"}}`).ok(201)
}
