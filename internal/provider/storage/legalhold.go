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
	return p.holds(ctx, call, func(tags, given []string) []string {
		for _, tag := range given {
			if !slices.Contains(tags, tag) {
				tags = append(tags, tag)
			}
		}
		return tags
	})
}

// clearLegalHold takes holds away.
func (p *provider) clearLegalHold(ctx context.Context, call *resource.Call) (*resource.Answer, error) {
	return p.holds(ctx, call, func(tags, given []string) []string {
		return slices.DeleteFunc(tags, func(tag string) bool { return slices.Contains(given, tag) })
	})
}

func (p *provider) holds(ctx context.Context, call *resource.Call, change func(tags, given []string) []string) (*resource.Answer, error) {
	_, t, err := p.target(ctx, call.ID)
	if err != nil {
		return nil, err
	}
	var body struct {
		Tags      []string `json:"tags"`
		AppendAll bool     `json:"allowProtectedAppendWritesAll"`
	}
	if err := readBody(call, &body); err != nil {
		return nil, err
	}
	if body.AppendAll {
		return nil, invalidValues("allowProtectedAppendWritesAll")
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
		if c.LegalHolds = change(slices.Clone(c.LegalHolds), body.Tags); len(c.LegalHolds) > maxHoldTags {
			return invalidValues("tags")
		}
		return nil
	})
	if err != nil {
		return nil, worded(err)
	}
	return &resource.Answer{Body: map[string]any{"hasLegalHold": len(c.LegalHolds) > 0, "tags": tagNames(c)}}, nil
}

// holdTag: 3 to 23 letters and digits, which Azure turns to lower case.
func holdTag(tag string) bool {
	return len(tag) >= 3 && len(tag) <= 23 && !strings.ContainsFunc(tag, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

func tagNames(c *blob.Container) []string {
	if c.LegalHolds == nil {
		return []string{}
	}
	return c.LegalHolds
}

// legalHold is how a container shows its holds.
func legalHold(c *blob.Container) map[string]any {
	tags := []any{}
	for _, tag := range c.LegalHolds {
		tags = append(tags, map[string]any{"tag": tag})
	}
	return map[string]any{"hasLegalHold": len(tags) > 0, "tags": tags}
}
