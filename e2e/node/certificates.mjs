// Makes, imports, merges and deletes certificates with the Azure SDK for JavaScript, unmodified, as the machine's identity.
//   node certificates.mjs VAULT_URL FOLDER
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { ManagedIdentityCredential } from "@azure/identity";
import { CertificateClient } from "@azure/keyvault-certificates";
import { SecretClient } from "@azure/keyvault-secrets";

const [, , url, folder] = process.argv;
const options = { retryOptions: { maxRetries: 0 } };
const credential = new ManagedIdentityCredential();
const client = new CertificateClient(url, credential, options);
const secrets = new SecretClient(url, credential, options);
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
const soon = { intervalInMs: 50 };
const done = async (poller) => (await poller).pollUntilDone();
const openssl = (...args) => execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });

async function selfSigned() {
  const policy = {
    issuerName: "Self", subject: "CN=js.example", subjectAlternativeNames: { dnsNames: ["js.example", "www.js.example"] },
    validityInMonths: 6, keyType: "RSA", keySize: 2048, contentType: "application/x-pkcs12", exportable: true,
    lifetimeActions: [{ action: "AutoRenew", daysBeforeExpiry: 30 }],
  };
  const made = await done(client.beginCreateCertificate("c", policy, { ...soon, tags: { a: "b" } }));
  const seen = new X509Certificate(made.cer);
  assert.equal(seen.subject, "CN=js.example");
  assert.match(seen.subjectAltName, /DNS:js.example, DNS:www.js.example/);
  assert.equal(new Date(seen.validTo).getTime(), made.properties.expiresOn.getTime());
  assert.deepEqual([made.properties.tags.a, made.keyId.includes("/keys/c/"), made.secretId.includes("/secrets/c/")], ["b", true, true]);
  assert.equal(made.policy.lifetimeActions[0].daysBeforeExpiry, 30);
  assert.equal(Buffer.from(made.properties.x509Thumbprint).toString("hex").toUpperCase(), seen.fingerprint.replaceAll(":", ""));
  createSecureContext({ pfx: Buffer.from((await secrets.getSecret("c")).value, "base64") }); // throws on what is no PFX

  const operation = await client.getCertificateOperation("c");
  assert.equal(operation.getOperationState().certificateOperation.status, "completed");
  await done(client.beginCreateCertificate("c", policy, soon));
  assert.equal((await collect(client.listPropertiesOfCertificateVersions("c"))).length, 2);
  const first = await client.getCertificateVersion("c", made.properties.version);
  assert.deepEqual(first.cer, made.cer);
  const updated = await client.updateCertificateProperties("c", made.properties.version, { enabled: false, tags: { e: "f" } });
  assert.deepEqual([updated.properties.enabled, updated.properties.tags.e], [false, "f"]);
  await client.updateCertificatePolicy("c", { ...policy, validityInMonths: 12 }); // its answer the client drops
  assert.equal((await client.getCertificatePolicy("c")).validityInMonths, 12);
  await assert.rejects(client.getCertificate("none"), refused(404, "CertificateNotFound", /none was not found/));
  await assert.rejects(client.beginCreateCertificate("bad.name", policy), refused(400, "BadParameter", /invalid/));
}

async function imported() {
  const pfx = Buffer.from((await secrets.getSecret("c")).value, "base64");
  const got = await client.importCertificate("p", pfx);
  assert.deepEqual(got.cer, (await client.getCertificate("c")).cer);
  openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=pem.example", "-keyout", "k.pem", "-out", "c.pem");
  const pem = Buffer.concat([readFileSync(join(folder, "k.pem")), readFileSync(join(folder, "c.pem"))]);
  const read = await client.importCertificate("pem", pem, { policy: { contentType: "application/x-pem-file" } });
  assert.deepEqual([read.policy.keyType, read.policy.issuerName], ["EC", "Unknown"]);
  assert.match((await secrets.getSecret("pem")).value, /BEGIN PRIVATE KEY[^]*BEGIN CERTIFICATE/);
  openssl("pkcs12", "-export", "-inkey", "k.pem", "-in", "c.pem", "-passout", "pass:right", "-out", "p.pfx");
  const locked = readFileSync(join(folder, "p.pfx"));
  await assert.rejects(client.importCertificate("w", locked, { password: "wrong" }), refused(400, "BadParameter", /PKCS#12 X.509 certificate content can not be read/));
  assert.ok((await client.importCertificate("w", locked, { password: "right" })).cer.length > 0);
}

async function merged() {
  const policy = { issuerName: "Unknown", subject: "CN=m.example" };
  const poller = await client.beginCreateCertificate("m", policy, soon);
  const state = (await client.getCertificateOperation("m")).getOperationState().certificateOperation;
  assert.equal(state.status, "inProgress");
  writeFileSync(join(folder, "m.csr"), state.csr);
  openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.pem");
  openssl("x509", "-req", "-inform", "DER", "-in", "m.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "5", "-outform", "DER", "-out", "m.der");
  await assert.rejects(client.mergeCertificate("m", [readFileSync(join(folder, "p.pfx"))]), refused(400, "BadParameter", /x5c/));
  const whole = await client.mergeCertificate("m", [readFileSync(join(folder, "m.der"))]);
  assert.equal(new X509Certificate(whole.cer).issuer, "CN=ca");
  assert.deepEqual((await poller.pollUntilDone()).cer, whole.cer); // the poller that was waiting sees it

  const other = await client.beginCreateCertificate("x", policy, soon);
  await assert.rejects(client.beginCreateCertificate("x", policy), refused(409, "Conflict", /pending/));
  await other.cancelOperation();
  assert.equal((await client.getCertificateOperation("x")).getOperationState().certificateOperation.status, "cancelled");
  await client.deleteCertificateOperation("x");
  await assert.rejects(client.getCertificateOperation("x"), refused(404, "PendingCertificateNotFound", /x/));
  assert.ok((await collect(client.listPropertiesOfCertificates({ includePending: true }))).some((p) => p.name === "x"));
  assert.ok(!(await collect(client.listPropertiesOfCertificates())).some((p) => p.name === "x"));
}

async function issuersAndContacts() {
  const made = await client.createIssuer("ca", "Test", {
    accountId: "a", password: "planted", organizationId: "o", administratorContacts: [{ firstName: "J", lastName: "D", email: "j@example.org", phone: "1" }],
  });
  assert.deepEqual([made.provider, made.accountId, made.password, made.administratorContacts[0].email], ["Test", "a", undefined, "j@example.org"]);
  assert.equal((await client.updateIssuer("ca", { accountId: "b" })).accountId, "b");
  assert.deepEqual([(await client.getIssuer("ca")).enabled, (await client.getIssuer("ca")).organizationId], [true, "o"]);
  assert.deepEqual((await collect(client.listPropertiesOfIssuers())).map((i) => [i.id.split("/").pop(), i.provider]), [["ca", "Test"]]);
  await client.deleteIssuer("ca");
  await assert.rejects(client.getIssuer("ca"), refused(404, "CertificateIssuerNotFound", /not found/));
  const contacts = [{ email: "a@example.org", name: "A", phone: "2" }];
  assert.deepEqual(await client.setContacts(contacts), contacts);
  assert.deepEqual(await client.getContacts(), contacts);
  await client.deleteContacts();
  await assert.rejects(client.getContacts(), refused(404, "ContactsNotFound", /not found/));
}

async function deletion() {
  const kept = await client.getCertificate("c");
  const backup = await client.backupCertificate("c");
  await assert.rejects(client.restoreCertificateBackup(backup), refused(409, "Conflict", /already exists/));
  const deleted = await done(client.beginDeleteCertificate("c", soon));
  assert.match(deleted.recoveryId, /\/deletedcertificates\/c$/);
  assert.equal((await client.getDeletedCertificate("c")).name, "c");
  await assert.rejects(secrets.getSecret("c"), refused(404, "SecretNotFound", /c/)); // its secret went with it
  assert.deepEqual((await collect(client.listDeletedCertificates())).map((p) => p.name), ["c"]);
  await done(client.beginRecoverDeletedCertificate("c", soon));
  await done(client.beginDeleteCertificate("c", soon));
  await client.purgeDeletedCertificate("c");
  await assert.rejects(client.getDeletedCertificate("c"), refused(404, "CertificateNotFound", /c/));
  await assert.rejects(client.restoreCertificateBackup(backup.slice(1)), refused(400, "Malformed backup blob", /^Backup blob contains invalid or corrupt version\.$/));
  const restored = await client.restoreCertificateBackup(backup);
  assert.deepEqual([restored.id, restored.cer], [kept.id, kept.cer]);
}

try {
  await selfSigned();
  await imported();
  await merged();
  await issuersAndContacts();
  await deletion();
  console.log(JSON.stringify({ value: (await client.getCertificate("c")).name }));
} catch (e) {
  console.log(JSON.stringify({ error: e.message, code: e.code, status: e.statusCode, at: e.stack }));
  process.exitCode = 1;
}
