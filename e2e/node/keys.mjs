// Makes, uses, rotates and deletes keys with the Azure SDK for JavaScript, unmodified, as the machine's identity.
//   node keys.mjs VAULT_URL
import assert from "node:assert/strict";
import { constants, createHash, createPublicKey, generateKeyPairSync, randomBytes, verify } from "node:crypto";
import { ManagedIdentityCredential } from "@azure/identity";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";

const options = { retryOptions: { maxRetries: 0 } };
const credential = new ManagedIdentityCredential();
const client = new KeyClient(process.argv[2], credential, options);
const collect = async (iterator) => {
  const all = [];
  for await (const item of iterator) all.push(item);
  return all;
};
const refused = (status, code, text) => (e) => {
  assert.equal(e.statusCode, status, e.message);
  assert.equal(e.code, code, e.message);
  assert.match(e.message, text);
  return true;
};
const bytes = (text) => Buffer.from(text, "base64url");
const publicKey = (jwk) => createPublicKey({
  format: "jwk", key: Object.fromEntries(Object.entries(jwk).map(([name, v]) => [name, v instanceof Uint8Array ? Buffer.from(v).toString("base64url") : v])),
});

async function versions() {
  const expiresOn = new Date("2037-01-02T03:04:05Z") // the client counts seconds in 32 bits;
  const made = await client.createRsaKey("r", { keySize: 2048, expiresOn, tags: { a: "b" } });
  assert.equal(made.keyType, "RSA");
  assert.equal(made.key.n.length, 256);
  assert.equal(made.key.d, undefined);
  assert.equal(made.properties.expiresOn.getTime(), expiresOn.getTime());
  assert.equal(made.properties.version.length, 32);
  assert.deepEqual(made.properties.tags, { a: "b" });
  assert.equal((await client.createKey("e", "EC", { curve: "P-384", keyOps: ["sign", "verify"] })).key.crv, "P-384");
  assert.equal((await client.createOctKey("o", { keySize: 256 })).keyType, "oct");
  await assert.rejects(client.createRsaKey("h", { hsm: true }), refused(400, "BadParameter", /Hardware key operation/));
  await assert.rejects(client.createEcKey("bad.name"), refused(400, "BadParameter", /invalid/));

  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = Object.fromEntries(Object.entries(privateKey.export({ format: "jwk" })).map(([name, value]) => [name, name === "kty" ? value : bytes(value)]));
  const imported = await client.importKey("i", jwk, { enabled: false });
  assert.deepEqual(Buffer.from(imported.key.n), jwk.n);
  assert.equal(imported.properties.enabled, false);
  const updated = await client.updateKeyProperties("i", imported.properties.version, { enabled: true, keyOps: ["sign"], tags: { c: "d" } });
  assert.deepEqual(updated.keyOperations, ["sign"]);
  assert.equal((await client.getKey("i", { version: imported.properties.version })).properties.tags.c, "d");
  await assert.rejects(client.getKeyAttestation("i"), refused(400, "NotSupported", /attestation/));
  await assert.rejects(client.getKey("none"), refused(404, "KeyNotFound", /\(name\/id\) none was not found/));
  assert.deepEqual((await collect(client.listPropertiesOfKeys())).map((p) => p.name).sort(), ["e", "i", "o", "r"]);
  return new CryptographyClient(imported, credential, options); // which believes in the operations that it saw
}

async function use(was) {
  const plain = Buffer.from("hidden");
  const key = await client.getKey("r");
  const rsa = client.getCryptographyClient("r");
  for (const algorithm of ["RSA1_5", "RSA-OAEP", "RSA-OAEP-256"]) { // the last is closed by the vault, the others here
    const closed = await rsa.encrypt({ algorithm, plaintext: plain });
    assert.deepEqual(Buffer.from((await rsa.decrypt({ algorithm, ciphertext: closed.result })).result), plain);
    const wrapped = await rsa.wrapKey(algorithm, plain);
    assert.deepEqual(Buffer.from((await rsa.unwrapKey(algorithm, wrapped.result)).result), plain);
    await assert.rejects(rsa.decrypt({ algorithm, ciphertext: closed.result.slice(1) }), refused(400, "BadParameter", /parameter is incorrect/));
  }
  for (const [algorithm, hash] of [["RS256", "sha256"], ["RS384", "sha384"], ["RS512", "sha512"], ["PS256", "sha256"], ["PS384", "sha384"], ["PS512", "sha512"]]) {
    const digest = createHash(hash).update(plain).digest();
    const signed = await rsa.sign(algorithm, digest);
    assert.equal((await rsa.verify(algorithm, digest, signed.result)).result, true);
    assert.equal((await rsa.verify(algorithm, createHash(hash).update("other").digest(), signed.result)).result, false);
    const padding = algorithm.startsWith("PS") ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    assert.equal(verify(hash, plain, { key: publicKey(key.key), padding }, signed.result), true);
    if (algorithm.startsWith("RS")) // the client checks these by itself, and takes PSS for the other padding
      assert.equal((await rsa.verifyData(algorithm, plain, (await rsa.signData(algorithm, plain)).result)).result, true);
  }
  assert.equal(key.properties.version, (await rsa.sign("RS256", createHash("sha256").update(plain).digest())).keyID.split("/").pop());

  const ec = new CryptographyClient(await client.getKey("e"), credential, options);
  const signature = (await ec.signData("ES384", plain)).result;
  assert.equal(verify("sha384", plain, { key: publicKey((await client.getKey("e")).key), dsaEncoding: "ieee-p1363" }, signature), true);
  assert.equal((await ec.verifyData("ES384", plain, signature)).result, true);
  await assert.rejects(ec.sign("ES256", createHash("sha256").update(plain).digest()), refused(400, "BadParameter", /incompatible/));

  await symmetric(plain);
  await assert.rejects(client.releaseKey("r", "token"), refused(403, "Forbidden", /Operation release is not permitted/));
  await assert.rejects(was.decrypt({ algorithm: "RSA-OAEP", ciphertext: randomBytes(256) }), refused(403, "Forbidden", /Operation decrypt is not permitted on this key/));
  assert.equal((await client.getRandomBytes(24)).length, 24);
}

async function symmetric(plain) {
  const oct = client.getCryptographyClient("o");
  const additionalAuthenticatedData = Buffer.from("beside");
  const closed = await oct.encrypt({ algorithm: "A256GCM", plaintext: plain, additionalAuthenticatedData });
  const { iv, authenticationTag, result: ciphertext } = closed;
  const open = (more) => oct.decrypt({ algorithm: "A256GCM", ciphertext, iv, authenticationTag, additionalAuthenticatedData, ...more });
  assert.deepEqual(Buffer.from((await open()).result), plain);
  await assert.rejects(open({ additionalAuthenticatedData: Buffer.from("changed") }), refused(400, "BadParameter", /parameter is incorrect/));
  const padded = await oct.encrypt({ algorithm: "A256CBCPAD", plaintext: plain, iv: randomBytes(16) });
  assert.deepEqual(Buffer.from((await oct.decrypt({ algorithm: "A256CBCPAD", ciphertext: padded.result, iv: padded.iv })).result), plain);
  const wrapped = await oct.wrapKey("A256KW", randomBytes(32));
  assert.equal((await oct.unwrapKey("A256KW", wrapped.result)).result.length, 32);
}

async function rotation() {
  const policy = { expiresIn: "P90D", lifetimeActions: [{ action: "Rotate", timeBeforeExpiry: "P30D" }] };
  const set = await client.updateKeyRotationPolicy("e", policy);
  assert.equal(set.expiresIn, "P90D");
  const got = await client.getKeyRotationPolicy("e");
  assert.equal(got.id, set.id);
  assert.ok(got.lifetimeActions.some((a) => a.action === "Rotate" && a.timeBeforeExpiry === "P30D"));
  await assert.rejects(client.updateKeyRotationPolicy("e", { expiresIn: "P3D" }), refused(400, "BadParameter", /expiryTime/));
  const before = await client.getKey("e");
  const rotated = await client.rotateKey("e");
  assert.notEqual(rotated.properties.version, before.properties.version);
  const days = (rotated.properties.expiresOn - rotated.properties.createdOn) / 86400000;
  assert.equal(Math.round(days), 90);
  assert.equal((await collect(client.listPropertiesOfKeyVersions("e"))).length, 2);
}

async function deletion() {
  const kept = await client.getKey("e");
  const backup = await client.backupKey("e");
  await assert.rejects(client.restoreKeyBackup(backup), refused(409, "Conflict", /already exists/));
  const deleted = await (await client.beginDeleteKey("e", { intervalInMs: 50 })).pollUntilDone();
  assert.equal(deleted.properties.scheduledPurgeDate - deleted.properties.deletedOn, 90 * 86400000);
  assert.match(deleted.properties.recoveryId, /\/deletedkeys\/e$/);
  await assert.rejects(client.createEcKey("e"), refused(409, "Conflict", /deleted but recoverable/));
  assert.equal((await client.getDeletedKey("e")).name, "e");
  assert.deepEqual((await collect(client.listDeletedKeys())).map((p) => p.name), ["e"]);
  await (await client.beginRecoverDeletedKey("e", { intervalInMs: 50 })).pollUntilDone();
  await (await client.beginDeleteKey("e", { intervalInMs: 50 })).pollUntilDone();
  await client.purgeDeletedKey("e");
  await assert.rejects(client.getDeletedKey("e"), refused(404, "KeyNotFound", /e/));
  await assert.rejects(client.restoreKeyBackup(backup.slice(1)), refused(400, "Malformed backup blob", /^Backup blob contains invalid or corrupt version\.$/));
  const restored = await client.restoreKeyBackup(backup);
  assert.equal(restored.id, kept.id);
  assert.deepEqual(restored.key.x, kept.key.x);
}

try {
  await use(await versions());
  await rotation();
  await deletion();
  console.log(JSON.stringify({ value: (await client.getKey("e")).name }));
} catch (e) {
  console.log(JSON.stringify({ error: e.message, code: e.code, status: e.statusCode, at: e.stack }));
  process.exitCode = 1;
}
