package io.endomesh.controller.ca;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.DERUTF8String;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a workload is believed in what it says of itself, beyond the identity that its
 * certificate names. Decided by its join token; carried by its certificates, from each to the next,
 * as an extension that concerns nobody but the controller. Immutable.
 *
 * @param covers what the token was for
 * @param labels that the token gives it, whatever it says
 * @param line see {@link Revocations}; empty in the first certificate of a line
 */
public record Attestation(Covers covers, Map<String, String> labels, String line) {

  /** For what a token lets workloads in. */
  public enum Covers {
    /** One service: what a workload says is believed where it concerns that service alone. */
    SERVICE,
    /**
     * Every service of a namespace: who could be any of them is believed in all labels, because
     * nothing is gained by one that is not true.
     */
    NAMESPACE
  }

  /** Of a certificate that carries none: its service, and nothing else. */
  public static final Attestation SERVICE_ALONE = new Attestation(Covers.SERVICE, Map.of());

  /**
   * A UUID in pieces below Microsoft's arc for such (the script oidgen), so that nobody had to be
   * asked for it. Not in one piece below 2.25 (ITU-T X.667): Go rejects a certificate with an
   * identifier of more than 31 bits between two dots.
   */
  static final ASN1ObjectIdentifier EXTENSION =
      new ASN1ObjectIdentifier(
          "1.2.840.113556.1.8000.2554.30609.28239.43585.20406.47548.1683963.132849");

  /** The label that is the service, unless somebody says otherwise. */
  private static final String APP = "app";

  private static final Logger log = LoggerFactory.getLogger(Attestation.class);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** As a token gives it. */
  public Attestation(Covers covers, Map<String, String> labels) {
    this(covers, labels, "");
  }

  public Attestation {
    labels = Map.copyOf(labels);
  }

  /** What a certificate of this mesh carries. */
  public static Attestation of(X509Certificate certificate) {
    byte[] extension = certificate.getExtensionValue(EXTENSION.getId());
    if (extension == null) {
      return SERVICE_ALONE;
    }
    try {
      ASN1Primitive value =
          ASN1Primitive.fromByteArray(ASN1OctetString.getInstance(extension).getOctets());
      return parse(ASN1UTF8String.getInstance(value).getString());
    } catch (IOException | IllegalArgumentException e) {
      log.warn(
          "{}: its attestation is not readable ({}); it is believed as far as its service",
          certificate.getSubjectX500Principal(),
          e.getMessage());
      return SERVICE_ALONE;
    }
  }

  private static Attestation parse(String text) throws JsonProcessingException {
    JsonNode json = JSON.readTree(text);
    Map<String, String> labels = new HashMap<>();
    json.path("labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return new Attestation(
        Covers.valueOf(json.path("covers").asText()), labels, json.path("line").asText(""));
  }

  /**
   * As it was kept.
   *
   * @param of for the log
   */
  static Attestation parseOrNone(String text, String of) {
    try {
      return parse(text);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      log.warn(
          "{}: its attestation is not readable ({}); it is believed as far as its service",
          of,
          e.getMessage());
      return SERVICE_ALONE;
    }
  }

  /** Text, so that {@code openssl x509 -text} shows an auditor what is vouched for. */
  DERUTF8String extension() {
    return new DERUTF8String(text());
  }

  String text() {
    ObjectNode json = JSON.createObjectNode().put("covers", covers.name());
    ObjectNode all = json.putObject("labels");
    new TreeMap<>(labels).forEach(all::put);
    if (!line.isEmpty()) {
      json.put("line", line);
    }
    return json.toString();
  }

  /** The same, for a certificate that is issued by one of this line. */
  Attestation inLine(String line) {
    return new Attestation(covers, labels, line);
  }

  /**
   * The labels a workload has.
   *
   * @param said by itself
   */
  public Map<String, String> labels(String service, Map<String, String> said) {
    Map<String, String> all = new HashMap<>(said);
    if (covers == Covers.SERVICE) {
      all.put(APP, service);
    } else {
      all.putIfAbsent(APP, service);
    }
    all.putAll(labels);
    return all;
  }

  /**
   * Those of its labels by which other services may take it for one of theirs.
   *
   * @param all see {@link #labels(String, Map)}
   */
  public Map<String, String> vouchedFor(String service, Map<String, String> all) {
    if (covers == Covers.NAMESPACE) {
      return all;
    }
    Map<String, String> attested = new HashMap<>(labels);
    attested.putIfAbsent(APP, service);
    return attested;
  }
}
