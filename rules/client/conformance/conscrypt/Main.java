import java.security.Provider;
import java.security.Security;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.conscrypt.Conscrypt;

/**
 * Conscrypt with its own trust manager, as on Android: its X.509 certificates
 * and TLS by BoringSSL, and Bouncy Castle's path validator behind it, unless
 * told to take the Java runtime's.
 */
class Main {
    public static void main(String[] args) throws Exception {
        Security.insertProviderAt(Conscrypt.newProviderBuilder().provideTrustManager(true).build(), 1);
        String validator = "the runtime's";
        if (args.length == 0) {
            Security.insertProviderAt(new Validator(), 2);
            validator = "Bouncy Castle " + new BouncyCastleProvider().getVersionStr();
        }
        Conscrypt.Version v = Conscrypt.version();
        Client.version = v.major() + "." + v.minor() + "." + v.patch() + " Conscrypt, validator " + validator;
        Client.main(args);
    }

    /** Bouncy Castle's validator and nothing else of it, as it is on Android. */
    static class Validator extends Provider {
        Validator() {
            super("Validator", "1", "a path validator");
            put("CertPathValidator.PKIX", "org.bouncycastle.jce.provider.PKIXCertPathValidatorSpi");
        }
    }
}
