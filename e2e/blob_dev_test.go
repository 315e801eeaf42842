package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/to"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"
)

// wellKnown is the account of UseDevelopmentStorage=true, which every emulator of Azure Storage has.
const wellKnown = "devstoreaccount1:Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

// development is a process of `alcedo up --dev-storage`.
type development struct {
	*server
	address string // host:port
	data    string
}

// develop runs command, which ends in a call of alcedo up, with a listener for programs written for Azurite. It returns
// when that answers.
func develop(t *testing.T, data string, env []string, command ...string) *development {
	t.Helper()
	d := &development{server: &server{exited: make(chan struct{})}, data: data}
	command = append(command, alcedo, "up", "--data", data, "--listen", "127.0.0.1:0", "--dev-storage", "127.0.0.1:0")
	d.process = exec.Command(command[0], command[1:]...)
	d.process.Env = append(cleanEnvironment(), env...)
	d.process.Stdout, d.process.Stderr = &d.log, &d.log
	if err := d.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = d.process.Wait() // its status is in ProcessState
		close(d.exited)
	}()
	t.Cleanup(func() { d.stop(t) })
	for range 600 {
		if d.address = d.recorded(); d.address != "" {
			return d
		}
		select {
		case <-d.exited:
			t.Fatalf("alcedo up ended:\n%s", d.log.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("nobody answers:\n%s", d.log.String())
	return nil
}

// recorded is the listener's address as the running process has written it down; its folder may be on a disk that only
// it sees.
func (d *development) recorded() string {
	var record struct {
		PID        int    `json:"pid"`
		DevStorage string `json:"devStorage"`
	}
	data, err := os.ReadFile(filepath.Join(fmt.Sprintf("/proc/%d/root", d.process.Process.Pid), d.data, "instance.json"))
	if err != nil {
		data, err = os.ReadFile(filepath.Join(d.data, "instance.json"))
	}
	if err != nil || json.Unmarshal(data, &record) != nil || record.PID != d.process.Process.Pid {
		return "" // not yet, or a dead process's
	}
	if c, err := net.Dial("tcp", record.DevStorage); err != nil {
		return ""
	} else if c.Close() != nil {
		return ""
	}
	return record.DevStorage
}

// client is azblob on an account of the listener, "name:key"; without retries, so that a test sees every refusal.
func (d *development) client(t *testing.T, account string) *azblob.Client {
	t.Helper()
	name, key, _ := strings.Cut(account, ":")
	c, err := azblob.NewClientFromConnectionString(
		"DefaultEndpointsProtocol=http;AccountName="+name+";AccountKey="+key+";BlobEndpoint=http://"+d.address+"/"+name+";",
		&azblob.ClientOptions{ClientOptions: azcore.ClientOptions{Retry: policy.RetryOptions{MaxRetries: -1}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestDevelopmentStorage serves programs written for Azurite: the well-known account, or those of AZURITE_ACCOUNTS, whose
// every key opens it and nothing else does.
func TestDevelopmentStorage(t *testing.T) {
	ctx := t.Context()
	use := func(c *azblob.Client) error {
		if _, err := c.CreateContainer(ctx, "con", nil); err != nil && !bloberror.HasCode(err, bloberror.ContainerAlreadyExists) {
			return err
		}
		if _, err := c.UploadBuffer(ctx, "con", "dir/a b", []byte("hello"), nil); err != nil {
			return err
		}
		got := make([]byte, 5)
		if _, err := c.DownloadBuffer(ctx, "con", "dir/a b", got, nil); err != nil || string(got) != "hello" {
			return fmt.Errorf("%q, %w", got, err)
		}
		return nil
	}
	d := develop(t, filepath.Join(t.TempDir(), "state"), nil)
	if err := use(d.client(t, wellKnown)); err != nil {
		t.Error(err)
	}
	for name, account := range map[string]string{"key": "devstoreaccount1:AAAA", "empty key": "devstoreaccount1:", "account": "other:AAAA"} {
		if err := use(d.client(t, account)); err == nil {
			t.Errorf("another %s opens the account", name)
		}
	}
	days := int32(3)
	if _, err := d.client(t, wellKnown).ServiceClient().SetProperties(ctx, &service.SetPropertiesOptions{
		DeleteRetentionPolicy: &service.RetentionPolicy{Enabled: to.Ptr(true), Days: &days},
	}); err != nil {
		t.Fatal(err)
	}
	d.stop(t)
	d = develop(t, d.data, nil)
	if got, err := d.client(t, wellKnown).ServiceClient().GetProperties(ctx, nil); err != nil || got.DeleteRetentionPolicy.Days == nil || *got.DeleteRetentionPolicy.Days != days {
		t.Errorf("after a restart: %+v, %v", got.DeleteRetentionPolicy, err)
	}
	if got := string(download(t, d.client(t, wellKnown), "dir/a b")); got != "hello" {
		t.Errorf("after a restart: %q", got)
	}
	one, two := base64.StdEncoding.EncodeToString([]byte("the first")), base64.StdEncoding.EncodeToString([]byte("the second"))
	d = develop(t, filepath.Join(t.TempDir(), "state"), []string{"AZURITE_ACCOUNTS=first:" + one + ":" + two + ";second:" + two})
	for _, account := range []string{"first:" + one, "first:" + two, "second:" + two} {
		if err := use(d.client(t, account)); err != nil {
			t.Errorf("%s: %v", account, err)
		}
	}
	for _, account := range []string{"second:" + one, "second:", wellKnown} {
		if err := use(d.client(t, account)); err == nil {
			t.Errorf("%s opens something", account)
		}
	}
}
