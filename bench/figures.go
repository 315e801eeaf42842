package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alcedo-cloud/alcedo/internal/client"
)

// startup measures a fresh process on an empty folder, up to its first token, and what it weighs when it idles.
func startup(ctx context.Context, s settings, dir string, t *table) error {
	const rounds = 7
	var took []time.Duration
	for n := range rounds {
		started := time.Now()
		i, err := up(ctx, s.alcedo, filepath.Join(dir, fmt.Sprintf("empty%d", n)))
		if err != nil {
			return err
		}
		if _, err := i.token(ctx); err != nil {
			return err
		}
		took = append(took, time.Since(started))
		if n == rounds-1 {
			time.Sleep(2 * time.Second) // idle
			if mib, ok := i.resident(); ok {
				t.add("idle memory", fmt.Sprintf("%.0f MiB", mib), "≤ 60 MiB", mib <= 60)
			}
		}
		if err := i.down(); err != nil {
			return err
		}
	}
	t.within(fmt.Sprintf("up on an empty folder to the first token (median of %d)", rounds), median(took), 200*time.Millisecond)
	t.note("  the quickest of them", slices.Min(took).Round(10*time.Microsecond).String())
	return nil
}

// machine measures what a virtual machine meets: its start, its first and its cached tokens.
func machine(ctx context.Context, s settings, dir string, t *table) error {
	i, err := up(ctx, s.alcedo, filepath.Join(dir, "machine"))
	if err != nil {
		return err
	}
	defer func() { _ = i.down() }() // measured already
	ids, err := makeMachine(ctx, i)
	if err != nil {
		return err
	}
	var took []time.Duration
	for range 20 {
		started := time.Now()
		if _, err := i.run(ctx, "", "vm", "run", "web", "--", "true"); err != nil {
			t.note("alcedo vm run web -- true", "not measured: "+err.Error())
			return nil
		}
		took = append(took, time.Since(started))
	}
	t.within("alcedo vm run web -- true (median of 20)", median(took), 50*time.Millisecond)

	self, err := os.Executable()
	if err != nil {
		return err
	}
	const tokens = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/"
	urls := []string{"http://169.254.169.254/metadata/instance?api-version=2021-02-01"}
	for _, id := range ids {
		urls = append(urls, tokens+"&client_id="+id)
	}
	out, err := i.run(ctx, strings.Join(urls, "\n"), "vm", "run", "web", "--", self, "-each")
	if err != nil {
		return err
	}
	took = nil
	if err := json.Unmarshal(out, &took); err != nil {
		return err
	}
	t.within(fmt.Sprintf("first token for an identity (median of %d)", len(took)), median(took), 2*time.Millisecond)

	load := []string{
		"vm", "run", "web", "--", self, "-seconds", strconv.Itoa(s.seconds), "-workers", strconv.Itoa(s.workers),
		"-load", tokens + "&client_id=" + ids[0],
	}
	ours := func() (o outcome, err error) {
		out, err := i.run(ctx, "", load...)
		if err != nil {
			return o, err
		}
		return o, json.Unmarshal(out, &o)
	}
	bare := func(a addresses, size int) (outcome, error) {
		return target{url: fmt.Sprintf("http://%s/%d", a.Plain, size), header: metadata()}.run(ctx, s)
	}
	return compare(ctx, t, comparison{"cached IMDS token beside bare HTTP", ours, bare, 70})
}

// comparison is a load on alcedo, the same load on the bare server, and the share that is the goal, in percent.
type comparison struct {
	what string
	ours func() (outcome, error)
	bare func(a addresses, size int) (outcome, error)
	goal int
}

// compare loads both in turn, so that whatever else the machine does meets both, and takes the median of the shares.
// Each server is a process of its own, reached by a loopback device, and sends as many bytes.
func compare(ctx context.Context, t *table, c comparison) error {
	const rounds = 5
	return compareRounds(ctx, t, c, rounds)
}

func compareRounds(ctx context.Context, t *table, c comparison, rounds int) error {
	bare, stop, err := startBare(ctx)
	if err != nil {
		return err
	}
	defer stop()
	pairs := make([][2]outcome, rounds)
	for n := range pairs {
		if pairs[n][0], err = c.ours(); err != nil {
			return err
		}
		if pairs[n][1], err = c.bare(bare, pairs[n][0].Bytes); err != nil {
			return err
		}
	}
	first, second := middle(pairs)
	t.ratio(fmt.Sprintf("%s (%d bytes, median of %d)", c.what, first.Bytes, rounds), first.PerSecond, second.PerSecond, c.goal)
	return nil
}

// middle is the round of the median share.
func middle(pairs [][2]outcome) (first, second outcome) {
	slices.SortFunc(pairs, func(x, y [2]outcome) int {
		return cmp.Compare(x[0].PerSecond/x[1].PerSecond, y[0].PerSecond/y[1].PerSecond)
	})
	m := pairs[len(pairs)/2]
	return m[0], m[1]
}

// makeMachine makes a virtual machine with identities and gives their client ids.
func makeMachine(ctx context.Context, i *instance) ([]string, error) {
	const identities = 25
	c, err := client.New(i.Instance, i.Credentials)
	if err != nil {
		return nil, err
	}
	if err := c.CreateGroup(ctx, "bench", "eastus"); err != nil {
		return nil, err
	}
	var ids, clients []string
	for n := range identities {
		path := fmt.Sprintf("%s/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id%d", c.GroupPath("bench"), n+100)
		var made struct {
			ID         string `json:"id"`
			Properties struct {
				ClientID string `json:"clientId"`
			} `json:"properties"`
		}
		if err := c.Into(ctx, http.MethodPut, path, "2023-01-31", map[string]any{"location": "eastus"}, &made); err != nil {
			return nil, err
		}
		ids, clients = append(ids, made.ID), append(clients, made.Properties.ClientID)
	}
	_, err = c.CreateMachine(ctx, client.NewMachine{Group: "bench", Name: "web", Location: "eastus", System: true, UserAssigned: ids})
	return clients, err
}

// manager measures Resource Manager with a store full of role assignments.
func manager(ctx context.Context, s settings, dir string, t *table) error {
	folder := filepath.Join(dir, "manager")
	i, err := up(ctx, s.alcedo, folder)
	if err != nil {
		return err
	}
	c, err := client.New(i.Instance, i.Credentials)
	if err == nil {
		err = c.CreateGroup(ctx, "bench", "eastus")
	}
	if err != nil {
		_ = i.down() // the first error says more
		return err
	}
	if err := i.down(); err != nil {
		return err
	}
	if err := fill(ctx, folder, i.Credentials, s.assignments); err != nil {
		return err
	}
	started := time.Now()
	if i, err = up(ctx, s.alcedo, folder); err != nil {
		return err
	}
	defer func() { _ = i.down() }() // measured already
	token, err := i.token(ctx)
	if err != nil {
		return err
	}
	// What is measured is what was meant: the assignments count.
	var list struct {
		Value []json.RawMessage `json:"value"`
	}
	path := c.GroupPath("bench") + "/providers/Microsoft.Authorization/roleAssignments"
	if c, err = client.New(i.Instance, i.Credentials); err == nil {
		err = c.Into(ctx, http.MethodGet, path, "2022-04-01", nil, &list)
	}
	if err != nil || len(list.Value) < 10 {
		return fmt.Errorf("%d of %d role assignments are seen at one group (%w)", len(list.Value), s.assignments, err)
	}
	t.note(fmt.Sprintf("up with %d role assignments to the first answer of Resource Manager", s.assignments),
		time.Since(started).Round(time.Millisecond).String())
	ours := func() (outcome, error) {
		return target{
			url:    "https://management.azure.com" + c.GroupPath("bench") + "?api-version=2021-04-01",
			header: http.Header{"Authorization": {"Bearer " + token}}, dial: i.Listen,
		}.run(ctx, s)
	}
	secure := func(a addresses, size int) (outcome, error) {
		return target{url: fmt.Sprintf("https://%s/%d", a.TLS, size)}.run(ctx, s)
	}
	what := fmt.Sprintf("GET of a resource group, %d role assignments, beside bare TLS", s.assignments)
	if err := compare(ctx, t, comparison{what, ours, secure, 40}); err != nil {
		return err
	}
	if mib, ok := i.resident(); ok {
		t.note("memory after that load", fmt.Sprintf("%.0f MiB", mib))
	}
	return nil
}

// decide runs the benchmark of the decision, which stands beside its code, and reads what it printed.
func decide(ctx context.Context, _ settings, _ string, t *table) error {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkDecide$", "-benchmem", "./internal/rbac/...")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	line := regexp.MustCompile(`BenchmarkDecide(\S*)\s+\d+\s+([\d.]+) ns/op.*?(\d+) allocs/op`)
	found := line.FindAllStringSubmatch(string(out), -1)
	if len(found) == 0 {
		return fmt.Errorf("BenchmarkDecide printed no figure:\n%s", out)
	}
	for _, m := range found {
		ns, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return err
		}
		t.add("rbac.Decide"+strings.ReplaceAll(m[1], "-"+strconv.Itoa(runtime.GOMAXPROCS(0)), ""), fmt.Sprintf("%.2f µs, %s allocations", ns/1000, m[3]),
			"≤ 5 µs, 0 allocations", ns <= 5000 && m[3] == "0")
	}
	return nil
}
