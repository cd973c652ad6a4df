#!/usr/bin/env bash
# A PKCS#12 store with certificates alone, as OpenSSL writes it: Java opens it without a word and shows no entry, since
# it asks for an attribute of Oracle's own. Whoever hands over a seal's certificate so, or builds a trust store so, gets
# an empty one. With the attribute, which OpenSSL writes only from 3.2 on and when asked, it is there.
#
# Needs openssl and keytool (Debian: openssl, default-jre-headless).
set -euo pipefail

for tool in openssl keytool; do
  command -v "$tool" > /dev/null || { echo "not run: there is no $tool"; exit 0; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
openssl req -x509 -newkey rsa:2048 -nodes -keyout a.key -out a.pem -subj /CN=Segell -days 30 2> /dev/null
openssl pkcs12 -export -nokeys -in a.pem -caname segell -out openssl.p12 -passout pass:changeit
keytool -importcert -noprompt -alias segell -file a.pem -keystore java.p12 -storetype PKCS12 -storepass changeit \
  2> /dev/null
openssl version
java -version 2>&1 | head -1
for store in openssl java; do
  certificates=$(openssl pkcs12 -in $store.p12 -passin pass:changeit -nokeys | grep -c 'BEGIN CERTIFICATE')
  echo "$store: $certificates certificate; $(keytool -list -keystore $store.p12 -storepass changeit | grep contains)"
done | tee seen.txt
grep -q 'openssl: 1 certificate; Your keystore contains 0 entries' seen.txt
grep -q 'java: 1 certificate; Your keystore contains 1 entry' seen.txt
