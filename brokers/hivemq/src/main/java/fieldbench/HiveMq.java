// HiveMQ Community Edition as a program: its own config.xml from a folder, PEM certificates as key stores, and who may do what.
package fieldbench;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation;
import com.hivemq.extension.sdk.api.client.parameter.Listener;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishOutboundInput;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishOutboundOutput;
import com.hivemq.extension.sdk.api.packets.auth.DefaultAuthorizationBehaviour;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.connect.ConnectPacket;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;

/**
 * {@code fieldbench-hivemq FOLDER} serves what FOLDER/config.xml says and keeps its data in FOLDER/data.
 *
 * <p>A listener named {@code login} lets in only {@code LOGIN_USER} with {@code LOGIN_PASSWORD}; one named {@code acl} only
 * {@code ACL_USER} with {@code ACL_PASSWORD}, who may neither publish to {@code ACL_DENIED} nor be sent what is published
 * there. Every other listener lets anybody do anything. With {@code TLS_CERT} and {@code TLS_KEY} (PEM files) FOLDER/keystore.p12 is made, with {@code TLS_CA}
 * FOLDER/truststore.p12; the password of both is {@code fieldbench}, which guards nothing that the PEM files do not show.
 */
public final class HiveMq {
  private static final char[] STORE_PASSWORD = "fieldbench".toCharArray();

  private HiveMq() {}

  public static void main(String[] args) throws Exception {
    if (args.length == 1 && args[0].equals("--version")) {
      System.out.println(EmbeddedHiveMQ.class.getPackage().getImplementationVersion());
      return;
    }
    if (args.length != 1) {
      System.err.println("usage: fieldbench-hivemq FOLDER | --version");
      System.exit(2);
    }
    Path folder = Path.of(args[0]).toAbsolutePath();
    writeStores(folder, System.getenv());
    EmbeddedHiveMQ broker =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(folder)
            .withDataFolder(Files.createDirectories(folder.resolve("data")))
            .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
            .withEmbeddedExtension(doorkeeper(System.getenv()))
            .withoutLoggingBootstrap()
            .build();
    // A broker whose ports are taken must not linger: its threads would keep the program alive.
    try {
      broker.start().join();
    } catch (RuntimeException failure) {
      failure.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> broker.stop().join()));
  }

  private static EmbeddedExtension doorkeeper(Map<String, String> environment) {
    return EmbeddedExtension.builder()
        .withId("fieldbench-doorkeeper")
        .withName("who may do what")
        .withVersion("1")
        .withPriority(1)
        .withStartPriority(1)
        .withExtensionMain(new Doorkeeper(environment))
        .build();
  }

  /** Asks for the login on the listeners that are named for it. */
  private static final class Doorkeeper implements ExtensionMain, SimpleAuthenticator {
    private final Map<String, String> environment;

    Doorkeeper(Map<String, String> environment) {
      this.environment = environment;
    }

    @Override
    public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
      Services.securityRegistry().setAuthenticatorProvider(client -> this);
      // A permission refuses a filter that lies below the denied one; it does not keep back what `#` would bring.
      Services.initializerRegistry()
          .setClientInitializer(
              (client, context) -> {
                if (listenerOf(client.getConnectionInformation()).equals("acl")) {
                  context.addPublishOutboundInterceptor(this::keepBack);
                }
              });
    }

    @Override
    public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}

    @Override
    public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
      String listener = listenerOf(input.getConnectionInformation());
      boolean hasList = listener.equals("acl");
      output.getDefaultPermissions().setDefaultBehaviour(DefaultAuthorizationBehaviour.ALLOW);
      if (hasList) output.getDefaultPermissions().add(denied(environment.get("ACL_DENIED")));
      boolean isGuarded = hasList || listener.equals("login");
      if (!isGuarded || isKnown(input.getConnectPacket(), hasList ? "ACL" : "LOGIN")) output.authenticateSuccessfully();
      else output.failAuthentication(ConnackReasonCode.NOT_AUTHORIZED);
    }

    private void keepBack(PublishOutboundInput input, PublishOutboundOutput output) {
      if (covers(environment.get("ACL_DENIED"), input.getPublishPacket().getTopic())) output.preventPublishDelivery();
    }

    private static String listenerOf(ConnectionInformation connection) {
      return connection.getListener().map(Listener::getName).orElse("");
    }

    /** {@code +} is any level, {@code #} the parent and all below. */
    private static boolean covers(String filter, String topic) {
      String[] wanted = filter.split("/", -1);
      String[] levels = topic.split("/", -1);
      for (int at = 0; at < wanted.length; at++) {
        if (wanted[at].equals("#")) return true;
        if (at >= levels.length || !(wanted[at].equals("+") || wanted[at].equals(levels[at]))) return false;
      }
      return wanted.length == levels.length;
    }

    private boolean isKnown(ConnectPacket connect, String whose) {
      String user = environment.get(whose + "_USER");
      String password = environment.get(whose + "_PASSWORD");
      return user != null
          && password != null
          && connect.getUserName().filter(user::equals).isPresent()
          && connect.getPassword().filter(it -> password.equals(utf8(it))).isPresent();
    }

    private static String utf8(ByteBuffer bytes) {
      return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    private static TopicPermission denied(String filter) {
      return Builders.topicPermission().topicFilter(filter).type(TopicPermission.PermissionType.DENY).build();
    }
  }

  /** HiveMQ takes Java's key stores only. */
  private static void writeStores(Path folder, Map<String, String> environment) throws Exception {
    if (environment.containsKey("TLS_CERT") && environment.containsKey("TLS_KEY")) {
      Certificate[] chain = certificates(Path.of(environment.get("TLS_CERT")));
      PrivateKey key = privateKey(Path.of(environment.get("TLS_KEY")), chain[0].getPublicKey().getAlgorithm());
      KeyStore store = emptyStore();
      store.setKeyEntry("server", key, STORE_PASSWORD, chain);
      write(store, folder.resolve("keystore.p12"));
    }
    if (environment.containsKey("TLS_CA")) {
      KeyStore store = emptyStore();
      store.setCertificateEntry("ca", certificates(Path.of(environment.get("TLS_CA")))[0]);
      write(store, folder.resolve("truststore.p12"));
    }
  }

  private static KeyStore emptyStore() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, STORE_PASSWORD);
    return store;
  }

  private static void write(KeyStore store, Path file) throws Exception {
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, STORE_PASSWORD);
    }
  }

  private static Certificate[] certificates(Path pem) throws Exception {
    try (InputStream in = Files.newInputStream(pem)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in).toArray(new Certificate[0]);
    }
  }

  private static PrivateKey privateKey(Path pem, String algorithm) throws Exception {
    String base64 = Files.readString(pem).replaceAll("-----[A-Z ]+-----", "");
    byte[] der = Base64.getMimeDecoder().decode(base64);
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
  }
}
