#!/usr/bin/env bash
# The front compares subjects as text that Java wrote. Java writes one certificate's subject in four ways: toString has
# a keyword for serialNumber and an OID for organizationIdentifier, RFC 1779 OIDs for both, RFC 2253 OIDs and
# hexadecimal, the canonical form lower case. A value in BMPString comes out of RFC 2253 with a NUL, `\00`,
# before each letter; one that has commas in quotation marks of its own is written as one that has not. Who compares a table that
# another version or another method wrote finds differences where there are none, or none where there are.
#
# Needs openssl, a JDK (Debian: openssl, default-jdk-headless).
set -euo pipefail

for tool in openssl javac; do
  command -v "$tool" > /dev/null || { echo "not run: there is no $tool"; exit 0; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > Subject.java <<'JAVA'
import java.io.FileInputStream;
import java.security.cert.*;

public class Subject {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            var factory = CertificateFactory.getInstance("X.509");
            var subject = ((X509Certificate) factory.generateCertificate(new FileInputStream(file))).getSubjectX500Principal();
            System.out.println(file + " toString  " + subject);
            for (String form : new String[] {"RFC1779", "RFC2253", "CANONICAL"}) {
                System.out.println(file + " " + form + "  " + subject.getName(form));
            }
        }
    }
}
JAVA
config() { # FILE, STRING MASK, ORGANISATION
  printf '[req]\ndistinguished_name = dn\nprompt = no\nutf8 = yes\n' > "$1.cnf"
  printf 'string_mask = %s\n[dn]\nC = ES\nO = %s\norganizationIdentifier = VATES-Q0801175A\nserialNumber = Q0801175A\n' "$2" "$3" >> "$1.cnf"
  # OpenSSL 3 knows 2.5.4.97 by that name.
  openssl req -x509 -newkey rsa:2048 -nodes -utf8 -keyout /dev/null -out "$1.pem" -config "$1.cnf" -days 30 2> /dev/null
}
config plain utf8only 'Consorci\, AOC'
config quoted utf8only '\"Consorci\, AOC\"'
config bmp MASK:0x800 'Consorci'
java -version 2>&1 | head -1
java Subject.java plain.pem quoted.pem bmp.pem | tee seen.txt
grep -qF 'plain.pem toString  SERIALNUMBER=Q0801175A, OID.2.5.4.97=VATES-Q0801175A, O="Consorci, AOC", C=ES' seen.txt
grep -qF 'plain.pem RFC1779  OID.2.5.4.5=Q0801175A, OID.2.5.4.97=VATES-Q0801175A, O="Consorci, AOC", C=ES' seen.txt
grep -qE '^plain.pem RFC2253  2.5.4.5=#13[0-9a-f]+,2.5.4.97=#0c[0-9a-f]+,O=Consorci\\, AOC,C=ES' seen.txt
grep -qE '^plain.pem CANONICAL .*o=consorci' seen.txt
[ "$(grep -c 'toString  .*O="Consorci, AOC", C=ES' seen.txt)" = 2 ]
grep -qF 'O=\00C\00o\00n\00s\00o\00r\00c\00i' seen.txt
