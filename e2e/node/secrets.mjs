// Reads, writes and deletes secrets with the Azure SDK for JavaScript, unmodified, as the machine's identity.
//   node secrets.mjs VAULT_URL
import assert from "node:assert/strict";
import { ManagedIdentityCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";

const client = new SecretClient(process.argv[2], new ManagedIdentityCredential(), { retryOptions: { maxRetries: 0 } });
const collect = async (iterator) => {
  const all = [];
  for await (const item of iterator) all.push(item);
  return all;
};

try {
  const made = await client.setSecret("s", "My Secret", { contentType: "text/plain", tags: { a: "b" } });
  assert.equal((await client.getSecret("s")).value, "My Secret");
  await client.setSecret("s", "two");
  assert.equal((await client.getSecret("s", { version: made.properties.version })).value, "My Secret");
  const updated = await client.updateSecretProperties("s", made.properties.version, { enabled: false });
  assert.equal(updated.enabled, false);
  assert.deepEqual((await collect(client.listPropertiesOfSecrets())).map((p) => p.name), ["s"]);
  assert.equal((await collect(client.listPropertiesOfSecretVersions("s"))).length, 2);
  const backup = await client.backupSecret("s");
  await (await client.beginDeleteSecret("s", { intervalInMs: 50 })).pollUntilDone();
  assert.equal((await client.getDeletedSecret("s")).name, "s");
  assert.deepEqual((await collect(client.listDeletedSecrets())).map((p) => p.name), ["s"]);
  await (await client.beginRecoverDeletedSecret("s", { intervalInMs: 50 })).pollUntilDone();
  await (await client.beginDeleteSecret("s", { intervalInMs: 50 })).pollUntilDone();
  await client.purgeDeletedSecret("s");
  await client.restoreSecretBackup(backup);
  console.log(JSON.stringify({ value: (await client.getSecret("s")).value }));
} catch (e) {
  console.log(JSON.stringify({ error: e.message, code: e.code, status: e.statusCode }));
  process.exitCode = 1;
}
