"""Blob Storage as a user of Azure drives it: Debian's SDK for Python, unmodified.

   python3 blobs.py ENDPOINT managed|key|connection
"""
import io
import os
import sys
from datetime import datetime, timedelta, timezone

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.identity import ManagedIdentityCredential
from azure.storage.blob import (
    BlobClient, BlobSasPermissions, BlobServiceClient, ContainerSasPermissions, ContentSettings, StandardBlobTier, generate_blob_sas, generate_container_sas,
)

endpoint, how = sys.argv[1:3]
account = endpoint.split("//")[1].split(".")[0]
key = os.environ.get("AZURE_STORAGE_KEY")
quick = {"retry_total": 0}
if how == "managed":
    service = BlobServiceClient(endpoint, ManagedIdentityCredential(), **quick)
elif how == "key":
    service = BlobServiceClient(endpoint, key, **quick)
else:
    suffix = endpoint.split(".blob.")[1].strip("/")
    service = BlobServiceClient.from_connection_string(
        f"DefaultEndpointsProtocol=https;AccountName={account};AccountKey={key};EndpointSuffix={suffix}", **quick)


def refused(code, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except HttpResponseError as e:
        assert e.error_code == code, f"{e.error_code} instead of {code}: {e}"
        return
    raise AssertionError(f"not refused with {code}")


def main():
    name = f"py-{how}"
    try:
        service.create_container(name)
    except HttpResponseError as e:
        print("refused", e.status_code, e.error_code)
        return 3
    c = service.get_container_client(name)
    try:
        c.create_container()
        raise AssertionError("made twice")
    except ResourceExistsError:
        pass
    data = os.urandom(9_000_000)
    b = c.get_blob_client("dir/ä b+%20")
    b.upload_blob(io.BytesIO(data), metadata={"k": "v", "UpperCase": "U"}, max_concurrency=4, content_settings=ContentSettings(content_type="a/b"))
    refused("BlobAlreadyExists", b.upload_blob, b"x")
    assert b.download_blob(max_concurrency=4, timeout=60).readall() == data
    assert b.download_blob(offset=4_000_000, length=7, validate_content=True).readall() == data[4_000_000:4_000_007]
    p = b.get_blob_properties()
    assert (p.size, p.metadata, p.content_settings.content_type) == (len(data), {"k": "v", "UpperCase": "U"}, "a/b")
    b.upload_blob(b"checked", overwrite=True, validate_content=True)
    a = c.get_blob_client("log")
    a.create_append_blob()
    for part in (b"one ", b"two"):
        a.append_block(part)
    assert a.download_blob().readall() == b"one two"
    d = c.get_blob_client("disk")
    d.create_page_blob(1024)
    d.upload_page(b"p" * 512, 512, 512)
    assert d.get_page_ranges()[0] == [{"start": 512, "end": 1023}]
    lease = a.acquire_lease(15)
    refused("LeaseIdMissing", a.append_block, b"x")
    a.append_block(b"x", lease=lease)
    lease.release()
    snapshot = b.create_snapshot()
    b.upload_blob(b"newer", overwrite=True)
    old = BlobClient.from_blob_url(b.url + "?snapshot=" + snapshot["snapshot"], credential=service.credential)
    assert old.download_blob().readall() == b"checked"
    assert sorted(x.name for x in c.list_blobs()) == ["dir/ä b+%20", "disk", "log"]
    assert [x.name for x in c.walk_blobs()] == ["dir/", "disk", "log"]
    b.set_standard_blob_tier(StandardBlobTier.Cool)
    assert b.get_blob_properties().blob_tier == "Cool"
    b.set_blob_tags({"a": "b"})
    assert b.get_blob_tags() == {"a": "b"}
    copied = c.get_blob_client("copy")
    assert copied.start_copy_from_url(b.url)["copy_status"] == "success"
    now = datetime.now(timezone.utc)
    until = now + timedelta(hours=1)
    signer = {"account_key": key}
    if how == "managed":
        signer = {"user_delegation_key": service.get_user_delegation_key(now - timedelta(minutes=1), until)}
    sas = generate_blob_sas(account, name, "log", permission=BlobSasPermissions(read=True), expiry=until, **signer)
    shared = BlobClient.from_blob_url(a.url + "?" + sas)
    assert shared.download_blob().readall() == b"one twox"
    refused("AuthorizationPermissionMismatch", shared.delete_blob)
    sas = generate_container_sas(account, name, permission=ContainerSasPermissions(list=True), expiry=until, **signer)
    refused("AuthorizationPermissionMismatch", BlobClient.from_blob_url(a.url + "?" + sas).download_blob)
    c.delete_blobs("copy", "disk", "log")
    b.delete_blob(delete_snapshots="include")
    try:
        b.get_blob_properties()
        raise AssertionError("still there")
    except ResourceNotFoundError as e:
        assert e.error_code == "BlobNotFound", e
    service._rename_container(name, name + "-renamed")  # not public in this version of the SDK
    assert not c.exists()
    refused("ContainerNotFound", service._rename_container, name, name + "-again")
    service.delete_container(name + "-renamed")
    print("passed")
    return 0


sys.exit(main())
