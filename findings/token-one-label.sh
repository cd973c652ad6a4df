#!/usr/bin/env bash
# A renewed seal is put on a token beside the old one. A token takes two certificates of one label, and even of
# one label and id; nothing warns.
#
# With one id, a tool that is asked for the certificate by it gives one of the two and says nothing of the other: the
# public key that it gives need not be that of the key which then signs. With two ids, Java's key store over
# PKCS#11 calls the OLD seal by another alias from then on, so that a service that names its alias no longer
# finds its key, although nothing of it was touched.
#
# Needs openssl, keytool, softhsm2-util, pkcs11-tool and p11tool (Debian: openssl, default-jre-headless, softhsm2,
# opensc, gnutls-bin).
set -euo pipefail

for tool in openssl keytool softhsm2-util pkcs11-tool p11tool; do
  command -v "$tool" > /dev/null || { echo "not run: there is no $tool"; exit 0; }
done
module=/usr/lib/softhsm/libsofthsm2.so
[ -e "$module" ] || { echo 'not run: there is no SoftHSM'; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir tokens
export SOFTHSM2_CONF=$folder/softhsm2.conf
echo "directories.tokendir = $folder/tokens" > softhsm2.conf
softhsm2-util --init-token --free --label aoc --so-pin 12345678 --pin 1234 > /dev/null
dpkg-query -W softhsm2 opensc gnutls-bin 2> /dev/null || true

seal() { # NAME ID
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -subj '/CN=Segell' -days 30 2> /dev/null
  openssl x509 -in "$1.pem" -outform DER -out "$1.der"
  softhsm2-util --import "$1.key" --token aoc --label segell --id "$2" --pin 1234 > /dev/null
  certificate "$1" "$2"
}
certificate() {
  pkcs11-tool --module "$module" --token-label aoc --login --pin 1234 --write-object "$1.der" --type cert \
    --label segell --id "$2" > /dev/null 2>&1
}
java_entries() {
  printf 'name = aoc\nlibrary = %s\nslotListIndex = 0\n' "$module" > pkcs11.cfg
  keytool -list -keystore NONE -storetype PKCS11 -providerClass sun.security.pkcs11.SunPKCS11 \
    -providerArg pkcs11.cfg -storepass 1234 2> /dev/null | grep Entry
}

seal old 01
java_entries | tee before.txt
seal new 02
java_entries | tee after.txt
grep -q '^segell, PrivateKeyEntry' before.txt
! grep -q '^segell, ' after.txt
[ "$(grep -c '^segell/cn=segell/' after.txt)" = 2 ]

# The same id too.
certificate new 01
pkcs11-tool --module "$module" --token-label aoc --list-objects --type cert 2> /dev/null | grep -A1 label | tee all.txt
[ "$(p11tool --provider "$module" --list-all-certs 'pkcs11:token=aoc;object=segell;id=%01' 2> /dev/null \
  | grep -c URL)" = 2 ]
pkcs11-tool --module "$module" --token-label aoc --read-object --type cert --id 01 --output-file given.der \
  2> said.txt > said.out
cmp -s given.der old.der || cmp -s given.der new.der
echo "one of two is given, and nothing is said: $(wc -c < said.out) bytes of output"
