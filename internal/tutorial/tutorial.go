// Package tutorial has the parts of "Use a Windows VM/VMSS to access Azure resources" as programs: each does what the
// tutorial has its reader do, with the same requests, prints every step with its output, and fails where the answer is
// not the tutorial's. What the reader does in the portal is done through Resource Manager; what the reader types on the
// virtual machine is run there word for word.
package tutorial

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/alcedo-cloud/alcedo/internal/client"
)

// Part is one part of the tutorial.
type Part struct {
	Name    string // as given to `alcedo tutorial NAME`
	Title   string
	Summary string
	run     func(ctx context.Context, s *stage) error
}

// Parts lists the parts in the tutorial's order.
func Parts() []Part {
	return []Part{azureSQL(), keyVault(), storage(), storageSAS(), systemAssigned(), userAssigned()}
}

// World is where a part is played.
type World struct {
	Owner *client.Client
	// OnMachine runs a shell command line on a virtual machine and returns what it printed.
	OnMachine func(ctx context.Context, group, name, line string) (output []byte, err error)
	// Query runs a batch on a database as the owner and returns what it printed; an error has the server's message.
	Query func(ctx context.Context, server, database, batch string) (output string, err error)
	Out   io.Writer
	Bold  func(string) string
	Keep  bool // leave the resource groups behind
}

// Run plays the part. The resource groups that it makes are its own, and are deleted at the end, also after a failure.
func (p Part) Run(ctx context.Context, w World) (err error) {
	s := &stage{World: w}
	fmt.Fprintf(w.Out, "%s\n%s\n", w.Bold(p.Title), p.Summary)
	defer func() {
		if w.Keep {
			return
		}
		for _, g := range s.groups {
			err = errors.Join(err, w.Owner.DeleteGroup(context.WithoutCancel(ctx), g))
		}
	}()
	if err := p.run(ctx, s); err != nil {
		return fmt.Errorf("tutorial %s, step %d: %w", p.Name, s.steps, err)
	}
	if !w.Keep {
		s.step("Clean up: delete the resource groups")
	}
	return nil
}

// stage is a part being played.
type stage struct {
	World
	steps  int
	groups []string
}

func (s *stage) step(format string, args ...any) {
	s.steps++
	fmt.Fprintf(s.Out, "\n%s\n", s.Bold(fmt.Sprintf("%d. %s", s.steps, fmt.Sprintf(format, args...))))
}

// group makes a resource group of that name, with a number behind it where the name is taken.
func (s *stage) group(ctx context.Context, name string) (string, error) {
	free := name
	for i := 2; ; i++ {
		taken, err := s.Owner.GroupExists(ctx, free)
		if err != nil {
			return "", err
		}
		if !taken {
			break
		}
		free = fmt.Sprintf("%s%d", name, i)
	}
	location := s.Owner.Cloud.Locations[0].Name
	_, err := s.manage(ctx, "PUT", s.Owner.GroupPath(free), "2021-04-01", map[string]any{"location": location})
	if err == nil {
		s.groups = append(s.groups, free)
	}
	return free, err
}

// manage sends a request to Resource Manager as the owner and prints it and the answer.
func (s *stage) manage(ctx context.Context, method, path, version string, body any) (map[string]any, error) {
	fmt.Fprintf(s.Out, "  %s https://%s%s?api-version=%s\n", method, s.Owner.Cloud.ResourceManager, path, version)
	if body != nil {
		s.show(body)
	}
	answer, err := s.Owner.ResourceManager(ctx, method, path, version, body)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.Out, "  -> %d\n", answer.Status)
	var out map[string]any
	if len(answer.Body) == 0 {
		return out, nil
	}
	s.show(json.RawMessage(answer.Body))
	return out, json.Unmarshal(answer.Body, &out)
}

// onMachine types a line on the virtual machine, prints what it answers, and returns that as JSON.
func (s *stage) onMachine(ctx context.Context, group, name, line string) (map[string]any, error) {
	fmt.Fprintf(s.Out, "  %s$ %s\n", name, shorten(line))
	text, err := s.OnMachine(ctx, group, name, line)
	if err != nil {
		return nil, err
	}
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil {
		return nil, fmt.Errorf("answered no JSON: %.400s", bytes.TrimSpace(text))
	}
	s.show(json.RawMessage(text))
	return out, nil
}

// bearer matches access tokens, which would fill the screen.
var bearer = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{20,}(\.[A-Za-z0-9_-]*)*`)

func shorten(text string) string {
	return bearer.ReplaceAllStringFunc(text, func(token string) string { return token[:10] + "..." })
}

func (s *stage) show(v any) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("  ", "  ")
	if err := enc.Encode(v); err != nil {
		fmt.Fprintf(s.Out, "  %v\n", v)
		return
	}
	fmt.Fprintf(s.Out, "  %s\n", shorten(strings.TrimSpace(buf.String())))
}

// text reads a member of nested objects, "" where it is missing or no text.
func text(v map[string]any, path ...string) string {
	for i, name := range path {
		if i == len(path)-1 {
			t, _ := v[name].(string)
			return t
		}
		v, _ = v[name].(map[string]any)
	}
	return ""
}

// expect fails where got is not want.
func expect(what, got, want string) error {
	if got != want {
		return fmt.Errorf("%s is %q, the tutorial has %q", what, got, want)
	}
	return nil
}
