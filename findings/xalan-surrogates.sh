#!/usr/bin/env bash
# Xalan's serializer, which Java programs get for javax.xml.transform wherever its jar is on the path, writes
# a character beyond U+FFFF as two references to the halves of its surrogate pair. XML allows no such
# reference (XML 1.0, 2.2 and 4.1), and no parser takes it. Who loads seals meets it when a Java client logs
# the request that it has signed, as proof that a seal works: with one such character in it (a name in
# rare Han characters, an emoji in a free text) what was logged is no XML, and its signature cannot be seen
# to hold, although the request that was sent was in order.
#
# Needs a JDK and apt-get; takes Debian's libxalan2-java apart in a temporary folder.
set -euo pipefail

version=2.7.2-4
for tool in javac java apt-get dpkg-deb; do
  command -v "$tool" > /dev/null || { echo "not run: there is no $tool"; exit 0; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get -qq download "libxalan2-java=$version"
dpkg-deb -x libxalan2-java_*.deb xalan
echo "libxalan2-java $version, $(java -version 2>&1 | head -1)"

cat > Copy.java <<'JAVA'
import java.io.StringReader;
import java.io.StringWriter;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

public class Copy {
    public static void main(String[] arguments) throws Exception {
        String text = "<a>\ud842\udfb7</a>";
        var parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        parser.setErrorHandler(null);
        Document document = parser.parse(new InputSource(new StringReader(text)));
        Transformer copy = TransformerFactory.newInstance().newTransformer();
        copy.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        StringWriter out = new StringWriter();
        copy.transform(new DOMSource(document), new StreamResult(out));
        System.out.println(copy.getClass().getName() + " writes " + out);
        try {
            parser.parse(new InputSource(new StringReader(out.toString())));
            System.out.println("what it writes is read again");
        } catch (org.xml.sax.SAXException refused) {
            System.out.println("what it writes is no XML");
        }
    }
}
JAVA
javac Copy.java
java -cp "." Copy | tee own.txt
java -cp ".:$(echo xalan/usr/share/java/xalan2.jar):xalan/usr/share/java/serializer.jar" Copy | tee xalan.txt
grep -q 'org.apache.xalan' xalan.txt
grep -q '&#55362;&#57271;' xalan.txt
grep -q 'no XML' xalan.txt
grep -q 'read again' own.txt
