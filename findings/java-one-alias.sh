#!/usr/bin/env bash
# Two seals under one friendly name in a PKCS#12 store, the old one and the renewed one: programs give different
# ones, and none says that there are two. Java keeps one entry an alias, the last pair of the file, and its aliases
# have no capitals; Python's cryptography gives the first. Who loads a renewed seal beside the old one under
# the same name does not know with which of them requests are signed after the restart.
#
# Needs openssl, keytool (Debian: openssl, default-jre-headless) and python3 with venv; asn1crypto, cryptography
# from PyPI in a temporary folder. asn1crypto puts the contents of two stores that OpenSSL wrote into one.
set -euo pipefail

for tool in openssl keytool python3; do
  command -v "$tool" > /dev/null || { echo "not run: there is no $tool"; exit 0; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check asn1crypto==1.5.1 cryptography==45.0.7
for seal in old new; do
  openssl req -x509 -newkey rsa:2048 -nodes -keyout $seal.key -out $seal.pem -subj "/CN=$seal" -days 30 2> /dev/null
  openssl pkcs12 -export -in $seal.pem -inkey $seal.key -name Segell -out $seal.p12 -passout pass:changeit
done
cat > both.py <<'PYTHON'
import cryptography
from asn1crypto import pkcs12
from cryptography.hazmat.primitives.serialization import pkcs12 as reader

contents = []
for name in ("old", "new"):
    store = pkcs12.Pfx.load(open(f"{name}.p12", "rb").read())
    contents += list(store.authenticated_safe)
safe = pkcs12.AuthenticatedSafe(contents).dump()
both = pkcs12.Pfx({"version": "v3", "auth_safe": {"content_type": "data", "content": safe}}).dump()
open("both.p12", "wb").write(both)
_, certificate, others = reader.load_key_and_certificates(both, b"changeit")
print("cryptography", cryptography.__version__, certificate.subject.rfc4514_string(), len(others))
PYTHON
tools/bin/python both.py | tee python.txt
keytool -list -v -keystore both.p12 -storepass changeit > java.txt
java -version 2>&1 | head -1
grep -E 'contains|Alias name|^Owner' java.txt
grep -q 'CN=old' python.txt
grep -q 'contains 1 entry' java.txt
grep -q 'Alias name: segell' java.txt
grep -q 'Owner: CN=new' java.txt
