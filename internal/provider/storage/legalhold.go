package storage

import (
	"context"
	"slices"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/blob"
	"github.com/alcedo-cloud/alcedo/internal/resource"
)

// maxHoldTags is how many tags the holds of a container have at most.
const maxHoldTags = 10

// setLegalHold adds holds to a container: nothing in it is changed or deleted while there is one.
func (p *provider) setLegalHold(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	return p.holds(ctx, call, func(c *blob.Container, body *holdBody) {
		for _, tag := range body.Tags {
			if !slices.ContainsFunc(c.LegalHolds, func(h blob.LegalHold) bool { return h.Tag == tag }) {
				c.LegalHolds = append(c.LegalHolds, blob.LegalHold{Tag: tag, Set: blob.TicksOf(call.Now), By: signatory(call)})
			}
		}
		if body.AppendsAll != nil {
			c.HoldAppends, c.HoldAppendsSet = *body.AppendsAll, blob.TicksOf(call.Now)
		}
	})
}

// clearLegalHold takes holds away.
func (p *provider) clearLegalHold(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	return p.holds(ctx, call, func(c *blob.Container, body *holdBody) {
		c.LegalHolds = slices.DeleteFunc(c.LegalHolds, func(h blob.LegalHold) bool { return slices.Contains(body.Tags, h.Tag) })
		if len(c.LegalHolds) == 0 {
			c.LegalHolds, c.HoldAppends, c.HoldAppendsSet = nil, false, 0
		}
	})
}

// holdBody is what both actions say.
type holdBody struct {
	Tags       []string `json:"tags"`
	AppendsAll *bool    `json:"allowProtectedAppendWritesAll"` // blobs may grow all the same
}

func (p *provider) holds(ctx context.Context, call *resource.Call, change func(*blob.Container, *holdBody)) (*resource.Answer, error) {
	_, t, err := p.target(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	var body holdBody
	if err := readBody(call, &body); err != nil {
		return nil, err
	}
	for i, tag := range body.Tags {
		if body.Tags[i] = strings.ToLower(tag); !holdTag(body.Tags[i]) {
			return nil, invalidValues("tags")
		}
	}
	if len(body.Tags) == 0 {
		return nil, invalidValues("tags")
	}
	c, err := p.Containers.ChangeContainer(ctx, t, func(c *blob.Container) error {
		if change(c, &body); len(c.LegalHolds) > maxHoldTags {
			return invalidValues("tags")
		}
		return nil
	})
	if err != nil {
		return nil, worded(err)
	}
	tags := []string{}
	for _, h := range c.LegalHolds {
		tags = append(tags, h.Tag)
	}
	answer := map[string]any{"hasLegalHold": len(tags) > 0, "tags": tags}
	if c.HoldAppendsSet != 0 {
		answer["allowProtectedAppendWritesAll"] = c.HoldAppends
	}
	return &resource.Answer{Body: answer}, nil
}

// holdTag: 3 to 23 letters and digits, which Azure turns to lower case.
func holdTag(tag string) bool {
	return len(tag) >= 3 && len(tag) <= 23 && !strings.ContainsFunc(tag, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

// legalHold is how a container shows its holds.
func legalHold(c *blob.Container) map[string]any {
	tags := []any{}
	for _, h := range c.LegalHolds {
		tags = append(tags, witnessed(map[string]any{"tag": h.Tag}, h.Set, h.By))
	}
	hold := map[string]any{"hasLegalHold": len(tags) > 0, "tags": tags}
	if c.HoldAppendsSet != 0 {
		hold["protectedAppendWritesHistory"] = map[string]any{
			"allowProtectedAppendWritesAll": c.HoldAppends, "timestamp": moment(c.HoldAppendsSet.Time()),
		}
	}
	return hold
}

// signatory is the caller as a container remembers whoever changed what protects it.
func signatory(call *resource.Call) blob.Signatory {
	return blob.Signatory{ObjectID: call.Caller.ObjectID, TenantID: call.Caller.TenantID, Name: call.Caller.Name}
}

// witnessed adds to a change who made it and when, as far as that was recorded.
func witnessed(change map[string]any, at blob.Ticks, by blob.Signatory) map[string]any {
	if at != 0 {
		change["timestamp"] = moment(at.Time())
	}
	for name, value := range map[string]string{"objectIdentifier": by.ObjectID, "tenantId": by.TenantID, "upn": by.Name} {
		if value != "" {
			change[name] = value
		}
	}
	return change
}
