import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** JSSE with its default trust manager: see driver_test.go for the lines. */
class Client {
    static String version = Runtime.version() + " " + System.getProperty("java.vendor");

    public static void main(String[] args) throws Exception {
        System.out.println(version);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = in.readLine()) != null; ) {
            String[] job = line.split("\t");
            String answer;
            try {
                answer = connect(job[0], Integer.parseInt(job[1]), job[2]);
            } catch (Exception e) { // anchors that cannot be loaded
                answer = "error\t" + e;
            }
            System.out.println(answer.replace('\n', ' '));
        }
    }

    static String connect(String host, int port, String store) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(load(store));
        context.init(null, trust.getTrustManagers(), null);
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress("127.0.0.1", port), 30000);
            plain.setSoTimeout(30000);
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return "accept\t";
            }
        } catch (SSLException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof CertificateException) {
                    return "reject\t" + cause.getMessage();
                }
            }
            // More entries than jdk.tls.maxCertificateChainLength, or name constraints
            // that it cannot merge.
            String message = e.getMessage();
            boolean blames = message.contains("certificate chain length") || message.contains("DNSName must not be");
            return (blames ? "reject\t" : "error\t") + e;
        } catch (IOException e) {
            return "error\t" + e;
        }
    }

    static KeyStore load(String path) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream in = new FileInputStream(path)) {
            int n = 0;
            for (Certificate c : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("anchor" + n++, c);
            }
        }
        return store;
    }
}
