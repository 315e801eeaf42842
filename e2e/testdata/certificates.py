"""Makes keys and certificates with the Azure SDK for Python: certificates.py VAULT_URL."""
import base64
import datetime
import hashlib
import sys

from azure.identity import ManagedIdentityCredential
from azure.keyvault.certificates import AdministratorContact, CertificateClient, CertificateContact, CertificatePolicy
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient, EncryptionAlgorithm, SignatureAlgorithm
from azure.keyvault.secrets import SecretClient
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

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

made = certificates.begin_create_certificate("c", CertificatePolicy.get_default()).result()
assert made.policy.subject == "CN=DefaultPolicy", made.policy.subject
pfx = base64.b64decode(secrets.get_secret("c").value)
assert pkcs12.load_key_and_certificates(pfx, None)[1].public_bytes(Encoding.DER) == bytes(made.cer)
assert certificates.import_certificate("imported", pfx).policy.issuer_name == "Unknown"
assert certificates.create_issuer("ca", "Test", account_id="a", password="p",
                                  admin_contacts=[AdministratorContact(first_name="J", email="a@b.c")]).provider == "Test"
assert [i.name for i in certificates.list_properties_of_issuers()] == ["ca"]
assert certificates.set_contacts([CertificateContact(email="a@b.c")])[0].email == "a@b.c"
assert certificates.delete_contacts()[0].email == "a@b.c"

certificates.begin_create_certificate("m", CertificatePolicy(issuer_name="Unknown", subject="CN=m.example", san_dns_names=["m.example"]))
request = x509.load_der_x509_csr(bytes(certificates.get_certificate_operation("m").csr))
now = datetime.datetime.utcnow()
issued = (x509.CertificateBuilder().subject_name(request.subject)
          .issuer_name(x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "ca")]))
          .public_key(request.public_key()).serial_number(5).not_valid_before(now).not_valid_after(now + datetime.timedelta(90))
          .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()))
assert certificates.merge_certificate("m", [issued.public_bytes(Encoding.DER)]).properties.enabled

backup = certificates.backup_certificate("c")
certificates.begin_delete_certificate("c").wait()
certificates.begin_recover_deleted_certificate("c").wait()
certificates.begin_delete_certificate("c").wait()
certificates.purge_deleted_certificate("c")
assert certificates.restore_certificate_backup(backup).id == made.id
print(*(c.name for c in certificates.list_properties_of_certificates()))
