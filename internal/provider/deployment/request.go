package deployment

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/fault"
	"github.com/alcedo-cloud/alcedo/internal/resource"
	"github.com/alcedo-cloud/alcedo/internal/template"
)

// body is what clients send.
type body struct {
	Location   string            `json:"location"`
	Tags       map[string]string `json:"tags"`
	Properties *struct {
		Template       json.RawMessage `json:"template"`
		TemplateLink   json.RawMessage `json:"templateLink"`
		Parameters     json.RawMessage `json:"parameters"`
		ParametersLink json.RawMessage `json:"parametersLink"`
		Mode           string          `json:"mode"`
	} `json:"properties"`
}

// run is one deployment on its way.
type run struct {
	*provider
	call     *resource.Call
	location string
	tags     map[string]string
	complete bool // what the template does not have goes
	mode     string
	template any // values of template.Decode
	given    any
	program  *template.Program
	started  time.Time
	since    time.Time // when the present operation began

	correlation string
	done        []operation
	failures    []problem
	outputs     map[string]any
}

// begin reads a request and loads its template.
func (p *provider) begin(ctx context.Context, call *resource.Call) (*run, error) {
	if err := checkID(call.ID); err != nil {
		return nil, err
	}
	if nesting(ctx) > maxNesting {
		return nil, fault.Newf(fault.Invalid, "deployment", "InvalidTemplate",
			"The nested deployment '%s' exceeds the nesting limit of '%d'.", call.ID.Name(), maxNesting)
	}
	sent, err := read(call.Body)
	if err != nil {
		return nil, err
	}
	r := &run{provider: p, call: call, location: sent.Location, tags: sent.Tags, mode: sent.Properties.Mode, started: call.Now}
	if err := r.checkMode(); err != nil {
		return nil, err
	}
	if given(sent.Properties.TemplateLink) || given(sent.Properties.ParametersLink) {
		return nil, fault.New(fault.Unsupported, "deployment", "InvalidContentLink",
			"Links to templates and parameters are not supported: send both in the request.")
	}
	if !given(sent.Properties.Template) {
		return nil, fault.New(fault.Invalid, "deployment", "InvalidTemplate",
			"The deployment has neither a template nor a link to one. Please see https://aka.ms/arm-deploy for usage details.")
	}
	return r, r.load(ctx, sent)
}

// read takes a body, which need not be JSON to the letter.
func read(text []byte) (body, error) {
	var sent body
	v, err := template.Decode(text)
	if err != nil {
		return sent, invalidContent("The request body is not JSON.")
	}
	strict, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(strict, &sent)
	}
	if err != nil || sent.Properties == nil {
		return sent, invalidContent("Required property 'properties' not found in JSON. Path ''.")
	}
	return sent, nil
}

func given(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

func (r *run) checkMode() error {
	switch {
	case strings.EqualFold(r.mode, "Incremental"):
		r.mode = "Incremental"
	case strings.EqualFold(r.mode, "Complete"):
		r.mode, r.complete = "Complete", true
		if r.call.ID.Group == "" {
			return fault.New(fault.Invalid, "deployment", "InvalidDeployment",
				"The 'Complete' deployment mode is not supported for subscription deployments.")
		}
	default:
		return fault.Newf(fault.Invalid, "deployment", "InvalidDeploymentMode",
			"The deployment mode '%s' is not valid: 'Incremental' or 'Complete' is expected.", r.mode)
	}
	if r.call.ID.Group == "" && r.location == "" {
		return fault.New(fault.Invalid, "deployment", "LocationRequired", "The location property is required for this definition.")
	}
	if r.call.ID.Group != "" && r.location != "" {
		return fault.New(fault.Invalid, "deployment", "InvalidDeployment",
			"The 'location' property is not allowed for a deployment at resource group scope. Please see https://aka.ms/arm-syntax for usage details.")
	}
	if r.location == "" {
		return nil
	}
	l, ok := r.Cloud.Location(r.location)
	if !ok {
		return fault.Newf(fault.Invalid, "deployment", "LocationNotAvailableForDeployment",
			"The provided location '%s' is not available for deployment.", r.location)
	}
	r.location = l.Name
	return nil
}

func (r *run) load(ctx context.Context, sent body) (err error) {
	unreadable := func(what string) error {
		return fault.Newf(fault.Invalid, "deployment", "InvalidTemplate", "Deployment template parse failed: 'The %s is not JSON'.", what)
	}
	text := sent.Properties.Template
	var inner string
	if json.Unmarshal(text, &inner) == nil {
		text = json.RawMessage(inner) // some clients send the template as a text
	}
	if r.template, err = template.Decode(text); err != nil {
		return unreadable("template")
	}
	if given(sent.Properties.Parameters) {
		if r.given, err = template.Decode(sent.Properties.Parameters); err != nil {
			return unreadable("set of parameters")
		}
		// A parameters file may come whole.
		if file, ok := r.given.(map[string]any); ok && file["$schema"] != nil {
			r.given = file["parameters"]
		}
	}
	if r.correlation, err = r.newID(); err != nil {
		return err
	}
	around := r.context(ctx)
	around.Masked = r.call.Action == "whatIf"
	r.program, err = template.Load(r.template, r.given, around)
	return err
}

// level is how many deployments a call is nested in.
type level struct{}

func nesting(ctx context.Context) int {
	n, _ := ctx.Value(level{}).(int)
	return n
}

func deeper(ctx context.Context) context.Context {
	return context.WithValue(ctx, level{}, nesting(ctx)+1)
}
