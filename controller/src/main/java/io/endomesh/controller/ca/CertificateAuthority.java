package io.endomesh.controller.ca;

import io.endomesh.controller.store.StoreException;
import io.endomesh.dataplane.identity.Roots;
import io.endomesh.dataplane.identity.SpiffeId;
import io.endomesh.dataplane.trail.TrailTokens;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.util.IPAddress;
import org.jspecify.annotations.Nullable;

/**
 * The certificate authority of one mesh: it signs the certificates of workloads and of the
 * controller, by an issuer that was made here or brought. Thread-safe.
 */
public final class CertificateAuthority {

  /** Of the mesh's own parts: agents believe that who is of it is the controller. */
  public static final String SYSTEM_NAMESPACE = "endomesh-system";

  private static final String UNTRUSTED = "its root is trusted no longer";

  private final IssuerSource source;
  private final OutsideRoots outside;

  /** What has ended is forgotten then; nothing waits for it. */
  private static final Duration TIDIED = Duration.ofMinutes(10);

  /** Roots of others are read again then: SPIRE tells of one long before it signs. */
  private static final Duration LOOKED = Duration.ofSeconds(5);

  private final Revocations revocations;
  private final TrailKey trailKey;
  private final String trustDomain;
  private final Duration workloadTtl;
  private final Clock clock;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Object doubting = new Object();
  private Instant tidyAt = Instant.MIN;
  private Instant lookAt = Instant.MIN;

  // Guarded by this.
  private Map<BigInteger, Instant> listed = Map.of();
  private @Nullable Issuer listedBy;
  private String list = "";
  private boolean listedByOthers;

  private CertificateAuthority(
      IssuerSource source,
      OutsideRoots outside,
      Revocations revocations,
      TrailKey trailKey,
      String trustDomain,
      Duration workloadTtl,
      Clock clock) {
    this.source = source;
    this.outside = outside;
    this.revocations = revocations;
    this.trailKey = trailKey;
    this.trustDomain = trustDomain;
    this.workloadTtl = workloadTtl;
    this.clock = clock;
  }

  /**
   * Reads what is in {@code directory} or was brought, or makes what there is not.
   *
   * @param workloadTtl how long a workload certificate lives at most
   * @throws IOException if it cannot be read, written, or used; the message says why
   */
  public static CertificateAuthority open(
      Path directory,
      AuthoritySource from,
      Revocations revocations,
      String trustDomain,
      Duration workloadTtl,
      Clock clock)
      throws IOException {
    return open(directory, from, null, revocations, trustDomain, workloadTtl, clock);
  }

  /**
   * The same beside another authority.
   *
   * @param outside file with roots that vouch for workloads of the trust domain as well; null if
   *     there are none
   */
  public static CertificateAuthority open(
      Path directory,
      AuthoritySource from,
      @Nullable Path outside,
      Revocations revocations,
      String trustDomain,
      Duration workloadTtl,
      Clock clock)
      throws IOException {
    IssuerSource source;
    if (from instanceof AuthoritySource.PemFiles files) {
      source = Brought.open(files, clock);
    } else if (from instanceof AuthoritySource.KeyStoreFile file) {
      source = Brought.open(file, clock);
    } else if (from instanceof AuthoritySource.TokenKey key) {
      source = TokenAuthority.open(key, clock);
    } else if (from instanceof AuthoritySource.Command command) {
      source = External.open(command, clock);
    } else {
      source = SelfMade.open(directory, trustDomain, workloadTtl, clock);
    }
    return new CertificateAuthority(
        source,
        OutsideRoots.open(outside),
        revocations,
        TrailKey.open(directory.resolve("trail-key.pem")),
        trustDomain,
        workloadTtl,
        clock);
  }

  public String trustDomain() {
    return trustDomain;
  }

  /** What the controller proves to partners. */
  public String controllerId() {
    return SpiffeId.of(trustDomain, SYSTEM_NAMESPACE, "controller");
  }

  /** Of those who are issued certificates now. */
  public X509Certificate rootCertificate() {
    return source.issuer().root();
  }

  /** All of its own that hold now. */
  public List<X509Certificate> roots() {
    return source.roots();
  }

  /** All that vouch for workloads of the trust domain: its own first, then those of others. */
  public List<X509Certificate> believed() {
    Set<X509Certificate> all = new LinkedHashSet<>(source.roots());
    all.addAll(outside.roots());
    return List.copyOf(all);
  }

  /**
   * True if another authority gave out the certificate of this chain, which is to renew it.
   *
   * @param chain leaf first, as it was shown
   */
  public boolean isOfOthers(X509Certificate[] chain) {
    X509Certificate root = OutsideRoots.root(chain, believed());
    return root != null && !source.roots().contains(root);
  }

  /** Whose word workloads are to take now. */
  public Bundle bundle() {
    return new Bundle(
        believed().stream().map(PemFile::text).collect(Collectors.joining()),
        trailKey.publicPem(),
        revocationList());
  }

  /**
   * A list of revoked certificates (RFC 5280, section 5), made once for each state: every signature
   * is another, and would be news to each workload. Empty if none is revoked.
   */
  private synchronized String revocationList() {
    Map<BigInteger, Instant> now = revocations.revoked();
    Issuer issuer = source.issuer();
    if (listed != now || !issuer.equals(listedBy)) {
      list = now.isEmpty() ? "" : revocationList(issuer, now);
      listed = now;
      listedBy = issuer;
    }
    return list;
  }

  /** Agents take it of the controller, whoever signed it: a token that is away must not stop it. */
  private String revocationList(Issuer issuer, Map<BigInteger, Instant> revoked) {
    listedByOthers = false;
    try {
      return PemFile.text(Signing.revocations(issuer, revoked, clock.instant()));
    } catch (NotIssued e) {
      listedByOthers = true;
      Issuer own = new Issuer(Signing.newKeyPair().getPrivate(), issuer.chain());
      return PemFile.text(Signing.revocations(own, revoked, clock.instant()));
    }
  }

  /** Those that look at who signed it, as Envoy does, do without it until then. */
  private synchronized boolean signListAnew() {
    boolean anew = listedByOthers;
    if (anew) {
      listedBy = null;
    }
    return anew;
  }

  /** How far a workload is believed that shows it, see {@link Vouched}. */
  public Attestation attestation(X509Certificate certificate) {
    return revocations.attestation(certificate);
  }

  /** See {@link Revocations#lineOf}. */
  public String lineOf(X509Certificate certificate) {
    return revocations.lineOf(certificate);
  }

  /** In one word: {@code self-made}, {@code brought}, {@code token}, or {@code command}. */
  public String kind() {
    return source.kind();
  }

  /** Whether certificates are made by somebody else, who takes time, and may fail. */
  boolean isElsewhere() {
    return source instanceof External;
  }

  /** Whether to make a certificate takes time, and may fail: the key is not here. */
  boolean isSlow() {
    return isElsewhere() || source.issuer().token() != null;
  }

  /** What the token did that has the key; null if there is none. */
  public @Nullable TokenCounts token() {
    Token token = source.issuer().token();
    return token == null ? null : token.counts();
  }

  /**
   * How it did since the start.
   *
   * @param lastFailure null if there was none
   */
  public record TokenCounts(long signed, long failed, @Nullable String lastFailure) {}

  /** What the command did that makes certificates; null if there is none. */
  public @Nullable CommandCounts command() {
    return source instanceof External external ? external.counts() : null;
  }

  /**
   * How it did since the start.
   *
   * @param lastFailure null if there was none
   */
  public record CommandCounts(long issued, long failed, @Nullable String lastFailure) {}

  /** What {@link #doubt} goes by; another object once that may answer otherwise. */
  public Object state() {
    return doubting;
  }

  /**
   * Why a certificate is not believed that once was; null if it is. Not asked is whether it has
   * ended, of those that are renewed here: a connection lasts longer than the certificate that
   * began it, and who renews is known.
   *
   * @param chain leaf first
   */
  public @Nullable String doubt(X509Certificate[] chain) {
    if (chain.length == 0) {
      return null;
    }
    if (revocations.isRevoked(chain[0])) {
      return "revoked";
    }
    if (outside.roots().isEmpty()) {
      return Roots.nearest(List.of(chain), source.roots()) == null ? UNTRUSTED : null;
    }
    X509Certificate root = OutsideRoots.root(chain, believed());
    if (root == null) {
      return UNTRUSTED;
    }
    return source.roots().contains(root)
        ? null
        : outside.doubt(chain[0], trustDomain, clock.instant());
  }

  /**
   * Makes worthless what a workload proves itself by, see {@link Revocations}.
   *
   * @param shown its certificate, or one of the same line
   */
  public void revoke(X509Certificate shown) throws StoreException {
    revocations.revoke(shown);
    changed();
  }

  /** How many certificates are worth nothing, though they have not ended, or only just. */
  public int revokedCount() {
    return revocations.revoked().size();
  }

  /** Roots of those who may connect: to those of the past ones it is said why they are refused. */
  List<X509Certificate> clientRoots() {
    Set<X509Certificate> all = new LinkedHashSet<>(source.roots());
    source.vouchers().stream().filter(BroughtChecks::isRoot).forEach(all::add);
    all.addAll(outside.roots());
    return List.copyOf(all);
  }

  /** Whose certificate signs; another object is another. */
  X509Certificate issuerCertificate() {
    return source.signer();
  }

  public String issuerName() {
    return source.issuer().certificate().getSubjectX500Principal().getName();
  }

  public String issuerFingerprint() {
    return fingerprint(source.issuer().certificate());
  }

  public Instant issuerNotBefore() {
    return source.issuer().certificate().getNotBefore().toInstant();
  }

  public Instant issuerNotAfter() {
    return source.issuer().certificate().getNotAfter().toInstant();
  }

  /** Null if no root follows another. */
  public @Nullable Rotation rotation() {
    return source.rotation();
  }

  /**
   * Begins to let another root follow.
   *
   * @param hurried see {@link Rotation#hurried}
   * @throws IllegalStateException if that cannot be done; the message says why
   */
  public void rotate(boolean hurried) throws IOException {
    source.rotate(hurried);
    changed();
  }

  /**
   * Gives up to let another root follow.
   *
   * @throws IllegalStateException if there is nothing to give up
   */
  public void abort() throws IOException {
    source.abort();
    changed();
  }

  /** Instances that the rotation waits for; empty if there is none, or it waits for time alone. */
  public List<String> waitingFor(List<Rotation.Witness> workloads) {
    Rotation rotation = source.rotation();
    return rotation == null
        ? List.of()
        : rotation.waitingFor(
            rotation.phase() == Rotation.Phase.ANNOUNCE
                ? fingerprint(roots().get(roots().size() - 1))
                : fingerprint(),
            renewing(workloads));
  }

  /** Those that a rotation may wait for: nobody here signs for the others. */
  private List<Rotation.Witness> renewing(List<Rotation.Witness> workloads) {
    Rotation rotation = source.rotation();
    if (rotation == null || rotation.phase() == Rotation.Phase.ANNOUNCE) {
      return workloads;
    }
    return workloads.stream().filter(workload -> !isOutside(workload.root())).toList();
  }

  private boolean isOutside(String fingerprint) {
    return outside.roots().stream().anyMatch(root -> fingerprint(root).equals(fingerprint));
  }

  /**
   * Within which a workload is to renew a certificate that has not ended; null if it is to keep it.
   *
   * @param root that vouches for it; empty if the workload does not say
   */
  public @Nullable Duration renewal(String root) {
    Rotation rotation = source.rotation();
    return rotation == null
            || rotation.phase() == Rotation.Phase.ANNOUNCE
            || root.isEmpty()
            || root.equals(fingerprint())
            || isOutside(root)
        ? null
        : rotation.spread();
  }

  /** Calls {@code listener} after each change of what workloads are to trust, or who signs. */
  public void watch(Runnable listener) {
    listeners.add(listener);
  }

  /**
   * Does what is due; called now and then.
   *
   * @param workloads that are connected
   */
  public void tick(List<Rotation.Witness> workloads) throws IOException {
    boolean changed = source.tick(renewing(workloads));
    Instant now = clock.instant();
    if (!now.isBefore(lookAt)) {
      lookAt = now.plus(LOOKED);
      changed |= outside.tick(now);
    }
    if (!now.isBefore(tidyAt)) {
      tidyAt = now.plus(TIDIED);
      changed |= signListAnew();
      try {
        changed |= revocations.tick();
      } catch (StoreException e) {
        throw new IOException(e);
      }
    }
    if (changed) {
      changed();
    }
  }

  private void changed() {
    doubting = new Object();
    listeners.forEach(Runnable::run);
  }

  /** As a join string carries it: {@code sha256:} and the hex digest of the root certificate. */
  public String fingerprint() {
    return fingerprint(rootCertificate());
  }

  /** RFC 7468, for those who configure a server to trust the mesh's certificates. */
  public static String pem(X509Certificate certificate) {
    return PemFile.text(certificate);
  }

  public static String fingerprint(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return "sha256:" + HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate without an encoding", e);
    }
  }

  /**
   * A certificate for the key of {@code request}, in the name of {@code identity} and nobody else.
   *
   * @param attestation that it carries
   * @param requestedTtl shortens the configured time; zero or more than it: the configured time
   * @return leaf first, then its issuers up to the root, and what vouches for that root
   * @throws InvalidCsrException if an authority elsewhere must not see it
   * @throws NotIssued if an authority elsewhere made none, or a token did not sign
   */
  List<X509Certificate> issue(
      SigningRequest request,
      WorkloadIdentity identity,
      Attestation attestation,
      Duration requestedTtl)
      throws InvalidCsrException {
    Duration ttl =
        requestedTtl.isZero()
                || requestedTtl.isNegative()
                || requestedTtl.compareTo(workloadTtl) > 0
            ? workloadTtl
            : requestedTtl;
    if (source instanceof External external) {
      String id = identity.spiffeId(trustDomain);
      return ordered(
          external,
          new CertificateOrder(
              request.modestly(id), request.publicKey(), id, List.of(), List.of(), true, ttl));
    }
    GeneralName name =
        new GeneralName(GeneralName.uniformResourceIdentifier, identity.spiffeId(trustDomain));
    return sign(
        request.publicKey(),
        new X500Principal("CN=" + identity.service() + "." + identity.namespace()),
        new GeneralNames(name),
        attestation,
        ttl,
        KeyPurposeId.id_kp_serverAuth,
        KeyPurposeId.id_kp_clientAuth);
  }

  /**
   * A token by which workloads tell what they did with a request that carries it, see {@link
   * TrailTokens}. It is no certificate and cannot be taken for one.
   *
   * @throws IllegalArgumentException if it would be good for too long, or not at all
   */
  public String trailToken(Duration good) {
    return trailKey.token(clock.instant(), good);
  }

  /** A private key and the chain that vouches for it, leaf first. */
  public record KeyAndChain(PrivateKey key, List<X509Certificate> chain) {}

  /**
   * The controller's own certificate, with a new key.
   *
   * @param addresses host names and IP addresses at which agents reach it
   * @throws NotIssued if an authority elsewhere made none, or a token did not sign
   */
  public KeyAndChain serverCertificate(Collection<String> addresses, Duration ttl) {
    KeyPair pair = Signing.newKeyPair();
    GeneralName[] names =
        addresses.stream()
            .distinct()
            .map(
                address ->
                    IPAddress.isValid(address)
                        ? new GeneralName(GeneralName.iPAddress, address)
                        : new GeneralName(GeneralName.dNSName, address))
            .toArray(GeneralName[]::new);
    names = Arrays.copyOf(names, names.length + 1);
    names[names.length - 1] =
        new GeneralName(GeneralName.uniformResourceIdentifier, controllerId());
    if (source instanceof External external) {
      Map<Boolean, List<String>> byKind =
          addresses.stream().distinct().collect(Collectors.partitioningBy(IPAddress::isValid));
      return new KeyAndChain(
          pair.getPrivate(),
          ordered(
              external,
              new CertificateOrder(
                  Signing.request(pair, new GeneralNames(names)),
                  pair.getPublic(),
                  controllerId(),
                  byKind.getOrDefault(false, List.of()),
                  byKind.getOrDefault(true, List.of()),
                  false,
                  ttl)));
    }
    List<X509Certificate> chain =
        sign(
            pair.getPublic(),
            new X500Principal("CN=endomesh-controller"),
            new GeneralNames(names),
            null,
            ttl,
            KeyPurposeId.id_kp_serverAuth);
    return new KeyAndChain(pair.getPrivate(), chain);
  }

  private List<X509Certificate> ordered(External external, CertificateOrder order) {
    List<X509Certificate> chain = new ArrayList<>(external.certify(order));
    chain.addAll(vouchers(chain.get(0).getNotAfter().toInstant()));
    return List.copyOf(chain);
  }

  private List<X509Certificate> sign(
      PublicKey key,
      X500Principal subject,
      GeneralNames names,
      @Nullable Attestation attestation,
      Duration ttl,
      KeyPurposeId... purposes) {
    Issuer issuer = source.issuer();
    Instant now = clock.instant();
    Instant end = Signing.earlier(now.plus(ttl), issuer.certificate().getNotAfter().toInstant());
    try {
      X509v3CertificateBuilder builder =
          Signing.builder(issuer.certificate().getSubjectX500Principal(), subject, key, now, end)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes))
              .addExtension(Extension.subjectAlternativeName, false, names)
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer.certificate()));
      if (attestation != null) {
        // Not critical: peers, Envoy and gRPC's own among them, have no use for it.
        builder.addExtension(Attestation.EXTENSION, false, attestation.extension());
      }
      List<X509Certificate> chain = new ArrayList<>();
      chain.add(issuer.signing(signer -> Signing.certificate(builder, signer)));
      chain.addAll(issuer.chain());
      chain.addAll(vouchers(end));
      return List.copyOf(chain);
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot sign a certificate for " + subject, e);
    }
  }

  /** Those that hold as long as the certificate: peers look at the first of a chain that ends. */
  private List<X509Certificate> vouchers(Instant end) {
    List<X509Certificate> all = source.vouchers();
    return all.stream().allMatch(voucher -> voucher.getNotAfter().toInstant().isAfter(end))
        ? all
        : List.of();
  }
}
