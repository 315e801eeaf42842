"""Makes keys and certificates with the Azure SDK for Python: certificates.py VAULT_URL."""
import base64
import datetime
import hashlib
import sys

from azure.core.exceptions import HttpResponseError
from azure.identity import ManagedIdentityCredential
from azure.keyvault.certificates import AdministratorContact, CertificateClient, CertificateContact, CertificatePolicy
from azure.keyvault.keys import JsonWebKey, KeyClient, KeyRotationLifetimeAction, KeyRotationPolicy, KeyRotationPolicyAction
from azure.keyvault.keys.crypto import CryptographyClient, EncryptionAlgorithm, KeyWrapAlgorithm, SignatureAlgorithm
from azure.keyvault.secrets import SecretClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12


def refused(status, inner, call, *arguments):
    """Makes a call that the vault has to refuse, with this status and, where one is given, this inner code."""
    try:
        call(*arguments)
    except HttpResponseError as e:
        assert e.status_code == status, e
        assert inner is None or e.error.innererror["code"] == inner, e
    else:
        raise AssertionError(f"{call} was allowed")


url, credential = sys.argv[1], ManagedIdentityCredential()
keys, secrets = KeyClient(url, credential), SecretClient(url, credential)
certificates = CertificateClient(url, credential)

crypto = CryptographyClient(keys.create_rsa_key("r", size=2048), credential)
closed = crypto.encrypt(EncryptionAlgorithm.rsa_oaep_256, b"hello")
assert crypto.decrypt(closed.algorithm, closed.ciphertext).plaintext == b"hello"
digest = hashlib.sha512(b"x").digest()
crypto = CryptographyClient(keys.create_ec_key("e", curve="P-521"), credential)
signed = crypto.sign(SignatureAlgorithm.es512, digest)
assert crypto.verify(SignatureAlgorithm.es512, digest, signed.signature).is_valid
backup = keys.backup_key("r")
keys.begin_delete_key("r").wait()
keys.purge_deleted_key("r")
assert keys.restore_key_backup(backup).name == "r"

key = ec.generate_private_key(ec.SECP256R1()).private_numbers()
jwk = JsonWebKey(kty="EC", crv="P-256", d=key.private_value.to_bytes(32, "big"),
                 x=key.public_numbers.x.to_bytes(32, "big"), y=key.public_numbers.y.to_bytes(32, "big"))
brought = keys.import_key("i", jwk, tags={"a": "b"})
assert (brought.key.x, brought.key.d) == (jwk.x, None)
assert keys.update_key_properties("i", brought.properties.version, enabled=False, tags={}).properties.enabled is False
refused(403, "KeyDisabled", keys.get_cryptography_client("i").sign, SignatureAlgorithm.es256, hashlib.sha256(b"x").digest())
wrapping = keys.get_cryptography_client("r")
wrapped = wrapping.wrap_key(KeyWrapAlgorithm.rsa_oaep, b"k" * 32)
assert wrapping.unwrap_key(KeyWrapAlgorithm.rsa_oaep, wrapped.encrypted_key).key == b"k" * 32
oct_key = keys.create_oct_key("o", size=256)
assert (oct_key.key_type, oct_key.key.k) == ("oct", None)
assert len(keys.get_random_bytes(24)) == 24
policy = KeyRotationPolicy(expires_in="P90D", lifetime_actions=[KeyRotationLifetimeAction(KeyRotationPolicyAction.rotate, time_before_expiry="P30D")])
assert keys.update_key_rotation_policy("r", policy).expires_in == "P90D"
assert any(a.time_before_expiry == "P30D" for a in keys.get_key_rotation_policy("r").lifetime_actions)
assert keys.rotate_key("r").properties.version != keys.create_key("plain", "RSA").properties.version
assert len(list(keys.list_properties_of_key_versions("r"))) == 2
refused(403, None, keys.release_key, "r", "token")
assert [k.name for k in keys.list_properties_of_keys()] == ["e", "i", "o", "plain", "r"]
keys.begin_delete_key("plain").wait()
assert keys.get_deleted_key("plain").recovery_id.endswith("/deletedkeys/plain")
assert [k.name for k in keys.list_deleted_keys()] == ["plain"]
assert keys.begin_recover_deleted_key("plain").result().name == keys.get_key("plain").name == "plain"

made = certificates.begin_create_certificate("c", CertificatePolicy.get_default()).result()
assert made.policy.subject == "CN=DefaultPolicy", made.policy.subject
pfx = base64.b64decode(secrets.get_secret("c").value)
assert pkcs12.load_key_and_certificates(pfx, None)[1].public_bytes(Encoding.DER) == bytes(made.cer)
assert certificates.import_certificate("imported", pfx).policy.issuer_name == "Unknown"
assert certificates.create_issuer("ca", "Test", account_id="a", password="p",
                                  admin_contacts=[AdministratorContact(first_name="J", email="a@b.c")]).provider == "Test"
assert [i.name for i in certificates.list_properties_of_issuers()] == ["ca"]
assert certificates.update_issuer("ca", account_id="b").account_id == certificates.get_issuer("ca").account_id == "b"
assert certificates.delete_issuer("ca").name == "ca"
refused(404, None, certificates.get_issuer, "ca")
assert certificates.set_contacts([CertificateContact(email="a@b.c")])[0].email == "a@b.c"
assert certificates.get_contacts()[0].email == "a@b.c"
assert certificates.delete_contacts()[0].email == "a@b.c"

certificates.begin_create_certificate("m", CertificatePolicy(issuer_name="Unknown", subject="CN=m.example", san_dns_names=["m.example"]))
request = x509.load_der_x509_csr(bytes(certificates.get_certificate_operation("m").csr))
now = datetime.datetime.utcnow()
issued = (x509.CertificateBuilder().subject_name(request.subject)
          .issuer_name(x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "ca")]))
          .public_key(request.public_key()).serial_number(5).not_valid_before(now).not_valid_after(now + datetime.timedelta(90))
          .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()))
assert certificates.merge_certificate("m", [issued.public_bytes(Encoding.DER)]).properties.enabled

certificates.begin_create_certificate("x", CertificatePolicy(issuer_name="Unknown", subject="CN=x.example"))
assert certificates.cancel_certificate_operation("x").cancellation_requested
assert certificates.delete_certificate_operation("x").name == "x"
refused(404, None, certificates.get_certificate_operation, "x")

assert certificates.update_certificate_properties("c", made.properties.version, tags={"a": "b"}).properties.tags == {"a": "b"}
assert certificates.get_certificate_version("c", made.properties.version).cer == certificates.get_certificate("c").cer == made.cer
assert [v.version for v in certificates.list_properties_of_certificate_versions("c")] == [made.properties.version]
policy = CertificatePolicy(issuer_name="Self", subject="CN=DefaultPolicy", validity_in_months=6)
certificates.update_certificate_policy("c", policy)
assert certificates.get_certificate_policy("c").validity_in_months == 6
refused(403, "SecretManagedByKeyVault", secrets.set_secret, "c", "x")
refused(403, "KeyManagedByKeyVault", keys.begin_delete_key, "c")
backup = certificates.backup_certificate("c")
certificates.begin_delete_certificate("c").wait()
assert certificates.get_deleted_certificate("c").recovery_id.endswith("/deletedcertificates/c")
assert [c.name for c in certificates.list_deleted_certificates()] == ["c"]
certificates.begin_recover_deleted_certificate("c").wait()
certificates.begin_delete_certificate("c").wait()
certificates.purge_deleted_certificate("c")
assert certificates.restore_certificate_backup(backup).id == made.id
print(*(c.name for c in certificates.list_properties_of_certificates()))
