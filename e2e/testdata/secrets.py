"""Reads, writes and deletes secrets with the Azure SDK for Python: secrets.py VAULT_URL."""
import sys

from azure.core.exceptions import HttpResponseError
from azure.identity import ManagedIdentityCredential
from azure.keyvault.secrets import SecretClient

client = SecretClient(vault_url=sys.argv[1], credential=ManagedIdentityCredential())
try:
    client.get_secret("s")
except HttpResponseError as e:
    if e.status_code == 403:
        print("refused", e.error.code, e.error.innererror and e.error.innererror.get("code"))
        sys.exit(3)
    assert e.status_code == 404, e
made = client.set_secret("s", "My Secret", content_type="text/plain", tags={"a": "b"})
assert client.get_secret("s").value == "My Secret"
client.set_secret("s", "two")
assert client.get_secret("s", made.properties.version).value == "My Secret"
client.update_secret_properties("s", made.properties.version, enabled=False)
assert [p.name for p in client.list_properties_of_secrets()] == ["s"]
assert sorted(p.enabled for p in client.list_properties_of_secret_versions("s")) == [False, True]
backup = client.backup_secret("s")
client.begin_delete_secret("s").wait()
assert client.get_deleted_secret("s").recovery_id
assert [d.name for d in client.list_deleted_secrets()] == ["s"]
client.begin_recover_deleted_secret("s").wait()
client.begin_delete_secret("s").wait()
client.purge_deleted_secret("s")
client.restore_secret_backup(backup)
print(client.get_secret("s").value)
