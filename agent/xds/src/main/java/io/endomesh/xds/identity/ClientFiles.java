package io.endomesh.xds.identity;

import io.endomesh.dataplane.identity.TlsFiles;
import io.endomesh.dataplane.identity.TlsMaterial;
import io.endomesh.dataplane.identity.WorkloadKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Files in PEM that a DestinationRule names, and Envoy calls {@code DataSource.filename}: read by
 * the workload itself, and never sent anywhere. What is in them is used whole or not at all. They
 * are looked at again and again; a pair that does not fit, or a file that is gone, ends what was
 * used before, if it is still so when it is looked at once more: a pair is replaced one by one.
 */
public final class ClientFiles implements TlsFiles {

  /** Lists of what a large authority revoked are the longest, of some megabytes. */
  static final int MAX_BYTES = 16 * 1024 * 1024;

  private final @Nullable String roots;
  private final @Nullable String certificate;
  private final @Nullable String key;
  private final @Nullable String revocations;

  private volatile TlsMaterial material = TlsMaterial.unusable("its files were not read yet");

  // Guarded by this.
  private List<String> stamps = List.of();
  private Instant usableUntil = Instant.MIN;
  private boolean doubted;

  /**
   * Each null where nothing is said.
   *
   * @param certificate with its chain, leaf first; there if {@code key} is
   */
  public ClientFiles(
      @Nullable String roots,
      @Nullable String certificate,
      @Nullable String key,
      @Nullable String revocations) {
    this.roots = roots;
    this.certificate = certificate;
    this.key = key;
    this.revocations = revocations;
  }

  @Override
  public TlsMaterial material() {
    return material;
  }

  @Override
  public @Nullable String certificate() {
    return certificate;
  }

  @Override
  public synchronized void refresh(Instant now) {
    boolean usable = material.problem() == null;
    List<String> found = stamps();
    if (usable && !doubted && found.equals(stamps) && now.isBefore(usableUntil)) {
      return;
    }
    stamps = found;
    TlsMaterial read = read(now);
    doubted = usable && !doubted && read.problem() != null && now.isBefore(usableUntil);
    if (!doubted && !read.equals(material)) {
      material = read;
    }
  }

  /** They are another machine's: what is made of them is only told, and calls nobody. */
  public void assumeUsable() {
    material = new TlsMaterial(null, List.of(), null, null);
  }

  private TlsMaterial read(Instant now) {
    try {
      WorkloadKey pair = null;
      Instant end = Instant.MAX;
      if (certificate != null && key != null) {
        List<X509Certificate> chain = certificates("clientCertificate", certificate);
        X509Certificate leaf = chain.get(0);
        end = leaf.getNotAfter().toInstant();
        if (!now.isBefore(end)) {
          throw new Unusable(
              "clientCertificate: '"
                  + certificate
                  + "' ended at "
                  + end
                  + " (expected: a new one)");
        }
        pair = new WorkloadKey(KeyFile.read(key, leaf), chain);
      }
      List<X509Certificate> trusted = roots == null ? null : certificates("caCertificates", roots);
      List<X509CRL> lists = revocations == null ? List.of() : lists(revocations);
      usableUntil = end;
      return new TlsMaterial(trusted, lists, pair, null);
    } catch (Unusable e) {
      return TlsMaterial.unusable(String.valueOf(e.getMessage()));
    }
  }

  private static List<X509Certificate> certificates(String field, String file) throws Unusable {
    String text = text(field, file);
    try {
      List<X509Certificate> certificates = Pem.certificates(text);
      if (certificates.isEmpty()) {
        throw new Unusable(field + ": '" + file + "' holds no certificate (expected: PEM)");
      }
      return certificates;
    } catch (GeneralSecurityException e) {
      throw unreadable(field, file, e);
    }
  }

  private static List<X509CRL> lists(String file) throws Unusable {
    String text = text("caCrl", file);
    try {
      List<X509CRL> lists = Pem.revocations(text);
      if (lists.isEmpty()) {
        throw new Unusable("caCrl: '" + file + "' holds no list (expected: PEM, X509 CRL)");
      }
      return lists;
    } catch (GeneralSecurityException e) {
      throw unreadable("caCrl", file, e);
    }
  }

  /** Why files cannot be used; nothing of what is in them. */
  static final class Unusable extends Exception {

    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  static Unusable unreadable(String field, String file, GeneralSecurityException why) {
    return new Unusable(field + ": '" + file + "' cannot be read: " + why.getMessage());
  }

  static String text(String field, String file) throws Unusable {
    try {
      Path path = Path.of(file);
      if (Files.size(path) > MAX_BYTES) {
        throw new Unusable(
            field + ": '" + file + "' is too long (expected: at most " + MAX_BYTES + " bytes)");
      }
      // Bytes as they are: what is no text is no PEM either, and is told so.
      return Files.readString(path, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new Unusable(field + ": '" + file + "' is not there (expected: a file)");
    } catch (IOException | RuntimeException e) {
      throw new Unusable(
          field
              + ": '"
              + file
              + "' cannot be read by this process ("
              + e.getClass().getSimpleName()
              + ")");
    }
  }

  /** By which a file is another than before, also one that a link leads to. */
  private List<String> stamps() {
    List<String> found = new ArrayList<>();
    for (String file : new String[] {roots, certificate, key, revocations}) {
      if (file != null) {
        found.add(stamp(file));
      }
    }
    return found;
  }

  private static String stamp(String file) {
    try {
      BasicFileAttributes now = Files.readAttributes(Path.of(file), BasicFileAttributes.class);
      return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
    } catch (IOException | RuntimeException e) {
      return "";
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClientFiles that
        && Objects.equals(roots, that.roots)
        && Objects.equals(certificate, that.certificate)
        && Objects.equals(key, that.key)
        && Objects.equals(revocations, that.revocations);
  }

  @Override
  public int hashCode() {
    return Objects.hash(roots, certificate, key, revocations);
  }
}
