// Signs the SOAP messages of a folder (NAME.in) as clients do that use WSS4J: NAME.out. Run by
// tests/it/message_others.rs, where Debian's libwss4j-java and a JDK are there.

import java.io.File;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSEncryptionPart;
import org.apache.ws.security.WSSConfig;
import org.apache.ws.security.components.crypto.Crypto;
import org.apache.ws.security.components.crypto.CryptoFactory;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.message.WSSecSignature;
import org.apache.ws.security.message.WSSecTimestamp;
import org.w3c.dom.Document;

public class Wss4j {
    private static final String WSU =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
    private static final String[] METHODS = {
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    };

    public static void main(String[] arguments) throws Exception {
        WSSConfig.init();
        Properties properties = new Properties();
        String merlin = "org.apache.ws.security.crypto.merlin.";
        properties.put(
            "org.apache.ws.security.crypto.provider",
            "org.apache.ws.security.components.crypto.Merlin");
        properties.put(merlin + "keystore.file", arguments[0]);
        properties.put(merlin + "keystore.type", "pkcs12");
        properties.put(merlin + "keystore.password", "changeit");
        Crypto crypto = CryptoFactory.getInstance(properties);
        File[] files = new File(arguments[1]).listFiles((folder, name) -> name.endsWith(".in"));
        for (int place = 0; place < files.length; place++) {
            sign(crypto, files[place], place);
        }
    }

    private static void sign(Crypto crypto, File file, int place) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder().parse(file);
        WSSecHeader header = new WSSecHeader();
        header.insertSecurityHeader(document);
        WSSecTimestamp timestamp = new WSSecTimestamp();
        timestamp.setTimeToLive(300);
        timestamp.build(document, header);
        WSSecSignature signature = new WSSecSignature();
        signature.setUserInfo("seal", "changeit");
        signature.setKeyIdentifierType(WSConstants.BST_DIRECT_REFERENCE);
        signature.setSignatureAlgorithm(METHODS[place % METHODS.length]);
        signature.setDigestAlgo(place % 2 == 0 ? WSConstants.SHA256 : WSConstants.SHA1);
        List<WSEncryptionPart> parts = new ArrayList<>();
        parts.add(new WSEncryptionPart("Body", WSConstants.URI_SOAP11_ENV, ""));
        if (place % 3 != 0) {
            parts.add(new WSEncryptionPart("Timestamp", WSU, ""));
        }
        signature.setParts(parts);
        Document signed = signature.build(document, crypto, header);
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.ENCODING, place % 4 == 0 ? "UTF-16" : "UTF-8");
        String name = file.getPath().replace(".in", ".out");
        try (var out = Files.newOutputStream(new File(name).toPath())) {
            transformer.transform(new DOMSource(signed), new StreamResult(out));
        }
    }
}
