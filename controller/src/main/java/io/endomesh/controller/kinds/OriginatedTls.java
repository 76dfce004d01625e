package io.endomesh.controller.kinds;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * TLS that callers begin for an application that speaks plaintext. The server's chain and name are
 * always checked. Immutable.
 *
 * @param serverName to ask for (SNI); null for the host
 * @param caCertificates PEM; null for the roots that the callers' JVMs trust
 * @param names of which the server must prove one, DNS names or URIs; empty for the server name
 * @param ownCertificate true if callers show the certificate of their workload
 * @param files of the callers, of which some of it is made
 */
public record OriginatedTls(
    @Nullable String serverName,
    @Nullable String caCertificates,
    List<String> names,
    boolean ownCertificate,
    TlsFiles files) {

  /** Of nothing in files. */
  OriginatedTls(
      @Nullable String serverName,
      @Nullable String caCertificates,
      List<String> names,
      boolean ownCertificate) {
    this(serverName, caCertificates, names, ownCertificate, TlsFiles.NONE);
  }

  /** RFC 7468, and nothing else around. */
  private static final Pattern PEM =
      Pattern.compile(
          "(\\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----\\s*)+");

  public OriginatedTls {
    names = List.copyOf(names);
  }

  /** In the words of Istio's {@code ClientTLSSettings}. */
  static OriginatedTls read(Fields tls, boolean ownCertificate) {
    return read(tls, ownCertificate, TlsFiles.readRevocations(tls, /* certificate= */ null, null));
  }

  /** The same, with a certificate that callers have in files. */
  static OriginatedTls readMutual(Fields tls) {
    return read(tls, /* ownCertificate= */ false, TlsFiles.readMutual(tls));
  }

  private static OriginatedTls read(Fields tls, boolean ownCertificate, TlsFiles files) {
    String sni = tls.optionalString("sni");
    if (sni != null && !HostNames.isName(sni.toLowerCase(Locale.ROOT))) {
      throw tls.invalid("sni", "'" + sni + "' (expected: a DNS name)");
    }
    String roots = tls.string("caCertificates", "system");
    boolean inFile = TlsFiles.isPath(roots);
    if (!roots.equals("system") && !inFile && !isPem(roots)) {
      throw tls.invalid(
          "caCertificates",
          "no certificate in PEM (expected: the certificates themselves, the full path of a file at"
              + " the workload, or 'system')");
    }
    return new OriginatedTls(
        sni == null ? null : sni.toLowerCase(Locale.ROOT),
        roots.equals("system") || inFile ? null : roots,
        tls.strings("subjectAltNames"),
        ownCertificate,
        inFile ? files.withRoots(roots) : files);
  }

  /** The same for a server that must prove one of these names, if it has none of its own. */
  public OriginatedTls orNames(List<String> others) {
    return names.isEmpty()
        ? new OriginatedTls(serverName, caCertificates, others, ownCertificate, files)
        : this;
  }

  /** True if this is one certificate in PEM, or several. */
  private static boolean isPem(String text) {
    return PEM.matcher(text).matches();
  }
}
