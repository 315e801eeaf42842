package alcedo_test

import (
	"context"
	"testing"

	"github.com/alcedo-cloud/alcedo"
)

func start(t *testing.T, c alcedo.Config) *alcedo.Cloud {
	t.Helper()
	cloud, err := alcedo.Start(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return cloud
}

// A folder is a cloud: what the first start made, later starts continue with.
func TestFolderKeepsTheCloud(t *testing.T) {
	folder := t.TempDir()
	first := start(t, alcedo.Config{Cloud: "AzureChinaCloud", Folder: folder})
	owner := first.Owner()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, alcedo.Config{Folder: folder})
	defer func() {
		if err := second.Close(); err != nil {
			t.Error(err)
		}
	}()
	if second.Name() != "AzureChinaCloud" || second.Owner() != owner {
		t.Errorf("another cloud after a restart: %s, %+v", second.Name(), second.Owner())
	}
}

func TestOneInstanceAFolder(t *testing.T) {
	folder := t.TempDir()
	first := start(t, alcedo.Config{Folder: folder})
	if second, err := alcedo.Start(context.Background(), alcedo.Config{Folder: folder}); err == nil {
		t.Error("a second instance started on the folder", second.Close())
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFolderOfAnotherCloud(t *testing.T) {
	folder := t.TempDir()
	if err := start(t, alcedo.Config{Folder: folder}).Close(); err != nil {
		t.Fatal(err)
	}
	if other, err := alcedo.Start(context.Background(), alcedo.Config{Cloud: "AzureChinaCloud", Folder: folder}); err == nil {
		t.Error("a folder of AzureCloud became AzureChinaCloud", other.Close())
	}
}

func TestUnknownCloud(t *testing.T) {
	if cloud, err := alcedo.Start(context.Background(), alcedo.Config{Cloud: "AzureGermanCloud"}); err == nil {
		t.Error("a cloud that does not exist started", cloud.Close())
	}
}
