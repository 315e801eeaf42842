package vault

import (
	"github.com/alcedo-cloud/alcedo/internal/httpx"
	"github.com/alcedo-cloud/alcedo/internal/vault"
)

// rotationPolicy is a key's rotation policy as it travels.
type rotationPolicy struct {
	ID         string             `json:"id,omitempty"`
	Actions    []rotationAction   `json:"lifetimeActions"`
	Attributes rotationAttributes `json:"attributes"`
}

type rotationAction struct {
	Trigger rotationTrigger `json:"trigger"`
	Action  struct {
		Type string `json:"type"`
	} `json:"action"`
}

type rotationTrigger struct {
	TimeAfterCreate  string `json:"timeAfterCreate,omitempty"`
	TimeBeforeExpiry string `json:"timeBeforeExpiry,omitempty"`
}

type rotationAttributes struct {
	ExpiryTime string `json:"expiryTime,omitempty"`
	Created    int64  `json:"created,omitempty"`
	Updated    int64  `json:"updated,omitempty"`
}

func (rq *request) rotationAnswer(p *vault.RotationPolicy, err error) (*httpx.Response, error) {
	if err != nil {
		return nil, err
	}
	out := rotationPolicy{
		ID: rq.kid(rq.params["name"], "rotationpolicy"), Actions: make([]rotationAction, len(p.Actions)),
		Attributes: rotationAttributes{p.ExpiryTime, p.Created, p.Updated},
	}
	for i, a := range p.Actions {
		out.Actions[i].Trigger = rotationTrigger{a.TimeAfterCreate, a.TimeBeforeExpiry}
		out.Actions[i].Action.Type = a.Type
	}
	return &httpx.Response{Body: out}, nil
}

func (f *front) getRotationPolicy(rq *request) (*httpx.Response, error) {
	return rq.rotationAnswer(f.Vaults.GetKeyRotationPolicy(rq.ctx(), rq.access, rq.params["name"]))
}

func (f *front) updateRotationPolicy(rq *request) (*httpx.Response, error) {
	var body rotationPolicy
	if err := rq.decode(&body); err != nil {
		return nil, err
	}
	p := vault.RotationPolicy{ExpiryTime: body.Attributes.ExpiryTime}
	for _, a := range body.Actions {
		p.Actions = append(p.Actions, vault.RotationAction{
			Type: a.Action.Type, TimeAfterCreate: a.Trigger.TimeAfterCreate, TimeBeforeExpiry: a.Trigger.TimeBeforeExpiry,
		})
	}
	return rq.rotationAnswer(f.Vaults.UpdateKeyRotationPolicy(rq.ctx(), rq.access, rq.params["name"], p))
}

func (f *front) rotateKey(rq *request) (*httpx.Response, error) {
	return rq.keyAnswer(f.Vaults.RotateKey(rq.ctx(), rq.access, rq.params["name"]))
}
