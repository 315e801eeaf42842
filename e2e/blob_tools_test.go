package e2e

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tree writes files of many sizes and names below a folder.
func tree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, size := range map[string]int{
		"empty": 0, "one": 1, "small.txt": 4097, "a/b/c/deep": 70_000, "a/é ü+%25 #.bin": 12_345, "a/big": 9 << 20,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, bytes.Repeat([]byte(name+"\n"), size/(len(name)+1)+1)[:size], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// sums is what lies below a folder: names and hashes.
func sums(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&out, "%s %x\n", strings.TrimPrefix(path, dir), sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestRclone goes through an account with Debian's rclone inside a machine, as the machine's identity: it asks the
// metadata address itself.
func TestRclone(t *testing.T) {
	rclone := program(t, "rclone")
	needNamespaces(t)
	i := start(t, "AzureChinaCloud")
	s := i.account(t, "rclonestore", everything)
	vm := i.owner(t, "vm-create", "blobs", "web", i.location, "SystemAssigned")
	home := t.TempDir()
	run := func(args ...string) result {
		t.Helper()
		cmd := i.program(i.machine("web"), append([]string{rclone, "--config", filepath.Join(home, "none"), "--retries", "1", "--low-level-retries", "1"}, args...)...)
		cmd.Env = append(cmd.Env, "HOME="+home)
		return i.run(t, cmd)
	}
	const remote = ":azureblob,account=rclonestore,use_msi=true,endpoint=blob.core.chinacloudapi.cn:"
	if r := run("mkdir", remote+"con"); r.status == 0 || !strings.Contains(r.stderr, "AuthorizationPermissionMismatch") {
		t.Errorf("without a role: %s", r)
	}
	principal := at(vm, "identity", "principalId")
	role := i.grant(t, s.id, "Storage Blob Data Contributor", principal)
	must := func(args ...string) string {
		t.Helper()
		r := run(args...)
		if r.status != 0 {
			t.Fatalf("%s\n%s", r, i.server.log.String())
		}
		return r.stdout
	}
	must("mkdir", remote+"con")
	from, back := tree(t), t.TempDir()
	want := sums(t, from)
	must("sync", "--azureblob-chunk-size", "4M", "--azureblob-upload-cutoff", "4M", from, remote+"con/top")
	if got := must("check", "--download", from, remote+"con/top"); got != "" {
		t.Errorf("check: %s", got)
	}
	if got := must("lsf", "-R", "--files-only", remote+"con"); strings.Count(got, "\n") != 6 || !strings.Contains(got, "top/a/é ü+%25 #.bin\n") {
		t.Errorf("lsf: %s", got)
	}
	must("copy", remote+"con/top", back)
	if got := sums(t, back); got != want {
		t.Errorf("came back:\n%s\nwant:\n%s", got, want)
	}
	must("moveto", remote+"con/top/one", remote+"con/moved") // a copy inside the service
	if got := must("cat", remote+"con/moved"); got != "o" {
		t.Errorf("moved: %q", got)
	}
	must("delete", remote+"con/top/a")
	i.owner(t, "unassign", role)
	i.grant(t, s.id, "Storage Blob Data Reader", principal)
	if r := run("deletefile", remote+"con/moved"); r.status == 0 || !strings.Contains(r.stderr, "AuthorizationPermissionMismatch") {
		t.Errorf("as a reader: %s", r)
	}
	if got := must("lsf", remote+"con/top"); got != "empty\nsmall.txt\n" {
		t.Errorf("lsf: %q", got)
	}
}

// TestRestic backs up to an account with Debian's restic and its key, checks every byte, restores and prunes.
func TestRestic(t *testing.T) {
	restic := program(t, "restic")
	needNamespaces(t)
	i := start(t, "AzureCloud")
	s := i.account(t, "resticstore", everything)
	home := t.TempDir()
	run := func(key string, args ...string) result {
		t.Helper()
		cmd := i.program(place{args: []string{"run", "--"}}, append([]string{restic, "-r", "azure:backup:/", "--no-cache"}, args...)...)
		cmd.Env = append(cmd.Env, "HOME="+home, "AZURE_ACCOUNT_NAME=resticstore", "AZURE_ACCOUNT_KEY="+key, "RESTIC_PASSWORD=correct horse")
		return i.run(t, cmd)
	}
	must := func(args ...string) string {
		t.Helper()
		r := run(s.key, args...)
		if r.status != 0 {
			t.Fatalf("%s\n%s", r, i.server.log.String())
		}
		return r.stdout
	}
	if r := run("QUFBQQ==", "snapshots"); r.status == 0 {
		t.Errorf("with a wrong key: %s", r)
	}
	must("init")
	from, back := tree(t), t.TempDir()
	want := sums(t, from)
	must("backup", from)
	if err := os.WriteFile(filepath.Join(from, "one"), []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	must("backup", from)
	must("check", "--read-data")
	must("restore", "latest", "--target", back)
	if got := sums(t, filepath.Join(back, from)); got != sums(t, from) {
		t.Errorf("restored:\n%s", got)
	}
	if got := sums(t, from); got == want {
		t.Error("the second backup had nothing new")
	}
	must("forget", "--keep-last", "1", "--prune")
	must("check", "--read-data")
	if got := must("snapshots", "--json"); strings.Count(got, `"id"`) != 1 {
		t.Errorf("snapshots: %s", got)
	}
}
