import java.security.Security;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jsse.provider.BouncyCastleJsseProvider;

/** Bouncy Castle alone: its TLS, trust manager, certificates and path validator. */
class Main {
    public static void main(String[] args) throws Exception {
        BouncyCastleProvider provider = new BouncyCastleProvider();
        Security.insertProviderAt(new BouncyCastleJsseProvider(provider), 1);
        Security.insertProviderAt(provider, 2);
        Client.version = provider.getVersionStr() + " Bouncy Castle";
        Client.main(args);
    }
}
