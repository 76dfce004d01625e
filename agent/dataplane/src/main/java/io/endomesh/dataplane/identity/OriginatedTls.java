package io.endomesh.dataplane.identity;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS to a server outside the mesh, on behalf of an application that speaks plaintext (Istio's "TLS
 * origination"). Chain and name of the server are always checked. Equal ones do the same.
 * Immutable, save for what is in its files. Thread-safe.
 */
public final class OriginatedTls {

  private final List<X509Certificate> roots;
  private final @Nullable String serverName;
  private final List<PeerName> names;
  private final boolean ownCertificate;
  private final @Nullable TlsFiles files;
  private final @Nullable ClientTls withoutCertificate;

  /** Of the files as they were when it was made. */
  private volatile @Nullable OfFiles ofFiles;

  /** One of both is null. */
  private record OfFiles(TlsMaterial material, @Nullable ClientTls tls, @Nullable String problem) {}

  /** As the other, of nothing that can change by itself. */
  public OriginatedTls(
      List<X509Certificate> roots,
      @Nullable String serverName,
      List<PeerName> names,
      boolean ownCertificate)
      throws GeneralSecurityException {
    this(roots, serverName, names, ownCertificate, null);
  }

  /**
   * @param roots trusted ones; empty for those of the JVM
   * @param serverName to ask for (SNI); null asks for none
   * @param names of which the server must prove one; at least one
   * @param ownCertificate true to show the workload's certificate to the server, which then knows
   *     who it is
   * @param files of which some of it is made; null for none
   * @throws GeneralSecurityException if the roots cannot be used
   */
  public OriginatedTls(
      List<X509Certificate> roots,
      @Nullable String serverName,
      List<PeerName> names,
      boolean ownCertificate,
      @Nullable TlsFiles files)
      throws GeneralSecurityException {
    this.roots = List.copyOf(roots);
    this.serverName = serverName;
    this.names = List.copyOf(names);
    this.ownCertificate = ownCertificate;
    this.files = files;
    // Made in any case: roots that cannot be used are told now.
    ClientTls tls = clientTls(null, null);
    this.withoutCertificate = ownCertificate || files != null ? null : tls;
  }

  /** Null if it is made of none. */
  public @Nullable TlsFiles files() {
    return files;
  }

  /** Why no connection can be made now, in a sentence; null if one can. */
  public @Nullable String problem() {
    return files == null ? null : ofFiles(files).problem();
  }

  /** True if the server asks who the workload is. */
  public boolean ownCertificate() {
    return ownCertificate;
  }

  /** Of which the server must prove one, for messages. */
  public String expected() {
    return names.stream().map(PeerName::value).collect(Collectors.joining(" or "));
  }

  /**
   * Made once, or once a certificate of ours, or once for what is in the files.
   *
   * @param ours null if this workload has no certificate
   * @return null if one is to be shown and there is none, or if there is a {@link #problem}
   */
  public @Nullable ClientTls with(@Nullable Identity ours) {
    if (withoutCertificate != null) {
      return withoutCertificate;
    }
    OfFiles now = files == null ? null : ofFiles(files);
    if (!ownCertificate) {
      return now == null ? null : now.tls();
    }
    if (ours == null || now != null && now.problem() != null) {
      return null;
    }
    return ours.clientTls(this, now == null ? null : now.material());
  }

  private OfFiles ofFiles(TlsFiles files) {
    TlsMaterial material = files.material();
    OfFiles known = ofFiles;
    return known != null && known.material() == material ? known : make(material);
  }

  private synchronized OfFiles make(TlsMaterial material) {
    OfFiles known = ofFiles;
    if (known == null || known.material() != material) {
      known = made(material);
      ofFiles = known;
    }
    return known;
  }

  private OfFiles made(TlsMaterial material) {
    if (material.problem() != null) {
      return new OfFiles(material, null, material.problem());
    }
    try {
      return new OfFiles(material, clientTls(null, material), null);
    } catch (GeneralSecurityException e) {
      return new OfFiles(material, null, "its files cannot be used: " + e.getMessage());
    }
  }

  /**
   * @param ours of this workload; null for that of the files, if any
   * @param material null if there are no files
   */
  ClientTls clientTls(@Nullable WorkloadKey ours, @Nullable TlsMaterial material)
      throws GeneralSecurityException {
    WorkloadKey key = ours == null && material != null ? material.key() : ours;
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        key == null ? null : new KeyManager[] {key},
        new TrustManager[] {new HostTrust(trust(material), names)},
        null);
    return new ClientTls(
        expected(),
        serverName == null ? context : new NamingContext(context, new SNIHostName(serverName)));
  }

  private X509TrustManager trust(@Nullable TlsMaterial material) throws GeneralSecurityException {
    List<X509Certificate> trusted =
        material == null || material.roots() == null ? roots : material.roots();
    X509TrustManager trust = trusted.isEmpty() ? Roots.ofJvm() : Roots.trust(trusted);
    return material == null || material.revocations().isEmpty()
        ? trust
        : Roots.unlessRevoked(trust, material.revocations());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OriginatedTls that
        && roots.equals(that.roots)
        && Objects.equals(serverName, that.serverName)
        && names.equals(that.names)
        && ownCertificate == that.ownCertificate
        && Objects.equals(files, that.files);
  }

  @Override
  public int hashCode() {
    return Objects.hash(roots, serverName, names, ownCertificate, files);
  }
}
