package template

import (
	"strings"
)

// maxResources is how many resources a template may deploy. Source: learn.microsoft.com, "Template limits".
const maxResources = 800

const deploymentType = "Microsoft.Resources/deployments"

// Resource is one that the template deploys.
type Resource struct {
	Symbol     string // its name in the template, in language version 2
	Name       string // with those above it: vault/secret
	Type       string // Microsoft.KeyVault/vaults/secrets
	APIVersion string
	ID         string
	Loop       string // the name of the loop that it comes from
	Existing   bool   // only referred to
	Skipped    bool   // its condition does not hold
	Needs      []*Resource

	raw   map[string]any
	frame *frame
	typed string // of a resource group: its id as subscriptionResourceId writes it
}

// is reports whether a name means the resource: its id, name, type and name, loop or symbolic name.
func (r *Resource) is(name string) bool {
	for _, own := range []string{r.Symbol, r.ID, r.Name, r.Loop, r.Type + "/" + r.Name, r.typed} {
		if own != "" && strings.EqualFold(own, name) {
			return true
		}
	}
	_, rest, _ := strings.Cut(r.ID, "/providers/")
	return rest != "" && strings.EqualFold(rest, name)
}

func (p *program) loadResources(root *frame, t any) error {
	template, _ := t.(map[string]any)
	v, _ := lookup(template, "resources")
	switch list := v.(type) {
	case []any:
		for _, each := range list {
			if err := p.addResource(root, each, "", nil); err != nil {
				return err
			}
		}
	case map[string]any:
		p.symbolic = true
		for _, symbol := range sortedKeys(list) {
			if err := p.addResource(root, list[symbol], symbol, nil); err != nil {
				return err
			}
		}
	default:
		return invalid("The template section 'resources' is of type '%s', not an array or object.", kindOf(v))
	}
	return p.depend()
}

// addResource adds what one entry of the template deploys: itself, each round of its loop, and its children.
func (p *program) addResource(f *frame, v any, symbol string, parent *Resource) error {
	raw, ok := v.(map[string]any)
	if !ok {
		return invalid("A template resource is of type '%s', not an object.", kindOf(v))
	}
	loop, ok := raw["copy"].(map[string]any)
	if !ok {
		return p.addOne(f, raw, symbol, "", parent)
	}
	name, _ := loop["name"].(string)
	count, err := f.count(loop["count"])
	if err != nil {
		return err
	}
	for i := range count {
		if err := p.addOne(f.at(name, i, true), raw, symbol, name, parent); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) addOne(f *frame, raw map[string]any, symbol, loop string, parent *Resource) error {
	if len(p.resources) >= maxResources {
		return invalid("The number of template resources exceeds the limit of '%d'.", maxResources)
	}
	r := &Resource{Symbol: symbol, Loop: loop, raw: raw, frame: f}
	r.Existing, _ = raw["existing"].(bool)
	var err error
	for name, into := range map[string]*string{"name": &r.Name, "type": &r.Type, "apiVersion": &r.APIVersion} {
		if *into, err = f.textOf(raw, name, true); err != nil {
			return err
		}
	}
	if parent != nil && !strings.Contains(r.Type, ".") {
		r.Name, r.Type = parent.Name+"/"+r.Name, parent.Type+"/"+r.Type
	}
	if holds, ok := raw["condition"]; ok {
		v, err := f.value(holds)
		if err != nil {
			return err
		}
		yes, ok := v.(bool)
		if text, is := v.(string); is {
			yes, ok = strings.EqualFold(text, "true"), true
		}
		if !ok {
			return invalid("The condition of the template resource '%s' is of type '%s', not a Boolean.", clip(r.Name), kindOf(v))
		}
		r.Skipped = !yes
	}
	if r.ID, err = p.idOf(r); err != nil {
		return err
	}
	for _, other := range p.resources {
		if strings.EqualFold(other.ID, r.ID) && !other.Skipped && !r.Skipped && !other.Existing && !r.Existing {
			return invalid("The resource '%s' is defined multiple times in a template. Please see "+
				"https://aka.ms/arm-syntax-resources for usage details.", clip(r.ID))
		}
	}
	p.resources = append(p.resources, r)
	children, _ := raw["resources"].([]any)
	for _, child := range children {
		if err := p.addResource(f, child, "", r); err != nil {
			return err
		}
	}
	return nil
}

// textOf computes a member of a resource that must be a text.
func (f *frame) textOf(raw map[string]any, name string, required bool) (string, error) {
	v, ok := lookup(raw, name)
	if ok {
		var err error
		if v, err = f.value(v); err != nil {
			return "", err
		}
	}
	text, isText := v.(string)
	if isText && (text != "" || !required) || !ok && !required {
		return text, nil
	}
	return "", invalid("The template resource has no valid '%s': it is missing, empty or of type '%s'.", name, kindOf(v))
}

// idOf is the id of a resource: in the scope of the deployment, or in one that the resource names.
func (p *program) idOf(r *Resource) (string, error) {
	scope, err := r.frame.textOf(r.raw, "scope", false)
	if err != nil {
		return "", err
	}
	subscription, err := r.frame.textOf(r.raw, "subscriptionId", false)
	if err != nil {
		return "", err
	}
	group, err := r.frame.textOf(r.raw, "resourceGroup", false)
	if err != nil {
		return "", err
	}
	if group == "" && subscription == "" {
		group = p.Group
	}
	if subscription == "" {
		subscription = p.SubscriptionID
	}
	base := scopeID(subscription, group)
	switch {
	case scope == "/":
		base = ""
	case strings.HasPrefix(scope, "/"):
		base = strings.TrimSuffix(scope, "/")
	case strings.Contains(scope, "/"):
		base += "/providers/" + idPath(scope)
	}
	if strings.EqualFold(r.Type, "Microsoft.Resources/resourceGroups") {
		r.typed = scopeID(subscription, "") + "/providers/" + r.Type + "/" + r.Name
		return scopeID(subscription, r.Name), nil
	}
	names := strings.Split(r.Name, "/")
	if got, want := len(names), strings.Count(r.Type, "/"); got != want {
		return "", invalid("The template resource '%s' of type '%s' has incorrect segment lengths. A nested resource type must have identical "+
			"number of segments as its resource name. A root resource type must have segment length one greater than its resource name. "+
			"Please see https://aka.ms/arm-syntax-resources for usage details.", clip(r.Name), clip(r.Type))
	}
	rest, err := typed("resourceId", r.Type, names)
	return base + rest, err
}

// idPath makes namespace/type/name… of a relative scope, which may be written as type/…/name/… too.
func idPath(scope string) string { return strings.Trim(scope, "/") }

// Resources are those that the template deploys, each after those that it needs.
func (p *Program) Resources() []*Resource { return p.root.resources }
