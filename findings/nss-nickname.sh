#!/usr/bin/env bash
# NSS knows a certificate by a nickname, and gives all certificates of one subject the first one's. A renewed seal
# keeps its subject, so that importing it under a name of its own files it under the old seal's: a server that
# is told the nickname goes on with whichever NSS finds.
#
# Needs openssl, certutil and pk12util (Debian: openssl, libnss3-tools).
set -euo pipefail

for tool in openssl certutil pk12util; do
  command -v "$tool" > /dev/null || { echo "not run: there is no $tool"; exit 0; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir db
certutil -N -d sql:db --empty-password
for year in 2026 2029; do
  openssl req -x509 -newkey rsa:2048 -nodes -keyout $year.key -out $year.pem -subj '/O=Ens/CN=Segell' -days 30 \
    2> /dev/null
  openssl pkcs12 -export -in $year.pem -inkey $year.key -name "segell-$year" -out $year.p12 -passout pass:changeit
  pk12util -i $year.p12 -d sql:db -W changeit > /dev/null
done
dpkg-query -W libnss3-tools 2> /dev/null || true
certutil -L -d sql:db | tee nicknames.txt
[ "$(grep -c '^segell-2026 ' nicknames.txt)" = 2 ]
! grep -q '^segell-2029 ' nicknames.txt
