package io.endomesh.controller.registry;

import io.endomesh.proto.v1.Port;
import io.endomesh.proto.v1.Registration;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How much a workload may say of itself, and in what form: all of it is kept, and most of it sent
 * to its callers. Stateless.
 */
final class Bounds {

  private static final int MAX_PORT = 65535;

  /** Of the whole message; that of an agent with every instrumentation off has about 10 kB. */
  static final int MAX_BYTES = 64 * 1024;

  /** As a host name may have. */
  private static final int MAX_INSTANCE = 253;

  private static final int MAX_LABELS = 64;

  /** Kubernetes' longest: a domain of 253 characters, a slash, and 63. */
  private static final int MAX_LABEL_NAME = 317;

  /** Kubernetes has 63; whoever does not come from there gets some more. */
  private static final int MAX_LABEL_VALUE = 253;

  /** Each is an endpoint of a service, or a listener. */
  private static final int MAX_PORTS = 100;

  /** Of what is wrong, in the sentence that says so. */
  private static final int MAX_SHOWN = 64;

  /** Of what a workload says is wrong with it. */
  private static final int MAX_SENTENCE = 500;

  /** Of such sentences of one kind: whoever has more to mend begins with these. */
  static final int MAX_SENTENCES = 20;

  private Bounds() {}

  /** What is wrong, as a sentence for who sent it; null if nothing is. */
  static @Nullable String wrong(Registration registration) {
    if (registration.getSerializedSize() > MAX_BYTES) {
      return tooLong("registration", registration.getSerializedSize());
    }
    String instance = registration.getInstance();
    if (instance.isEmpty()
        || instance.length() > MAX_INSTANCE
        || instance.contains(",")
        || hasControls(instance)) {
      return "instance: '"
          + printable(instance)
          + "' (expected: a name without commas, of at most "
          + MAX_INSTANCE
          + " characters)";
    }
    String labels = wrongLabels(registration.getLabelsMap());
    if (labels != null) {
      return labels;
    }
    String address = registration.getAddress();
    if (!address.isEmpty() && !isUsable(address)) {
      return "address: '"
          + printable(address)
          + "' (expected: the IP address of one machine, at which others reach this workload)";
    }
    return wrongPorts(registration);
  }

  static String tooLong(String message, int bytes) {
    return message + ": " + bytes + " bytes (expected: at most " + MAX_BYTES + ")";
  }

  private static @Nullable String wrongLabels(Map<String, String> labels) {
    if (labels.size() > MAX_LABELS) {
      return "labels: " + labels.size() + " (expected: at most " + MAX_LABELS + ")";
    }
    for (Map.Entry<String, String> label : labels.entrySet()) {
      String name = label.getKey();
      if (name.isEmpty() || name.length() > MAX_LABEL_NAME || hasControls(name)) {
        return "labels: the name '"
            + printable(name)
            + "' (expected: 1 to "
            + MAX_LABEL_NAME
            + " characters, no control characters)";
      }
      String value = label.getValue();
      if (value.length() > MAX_LABEL_VALUE || hasControls(value)) {
        return "labels."
            + name
            + ": '"
            + printable(value)
            + "' (expected: at most "
            + MAX_LABEL_VALUE
            + " characters, no control characters)";
      }
    }
    return null;
  }

  private static @Nullable String wrongPorts(Registration registration) {
    if (registration.getPortsCount() > MAX_PORTS) {
      return "ports: " + registration.getPortsCount() + " (expected: at most " + MAX_PORTS + ")";
    }
    Set<Integer> numbers = new HashSet<>();
    for (Port port : registration.getPortsList()) {
      int number = port.getNumber();
      if (number < 1
          || number > MAX_PORT
          || port.getAdvertised() < 0
          || port.getAdvertised() > MAX_PORT
          || !numbers.add(number)) {
        return "ports: "
            + Integer.toUnsignedString(number)
            + " (expected: numbers from 1 to 65535, each once)";
      }
    }
    return null;
  }

  /** No name, which others would have to resolve; none that is nobody's, many's or each one's. */
  private static boolean isUsable(String address) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    if (bytes == null || address.indexOf('%') >= 0) {
      return false;
    }
    try {
      InetAddress parsed = InetAddress.getByAddress(bytes);
      return !parsed.isAnyLocalAddress()
          && !parsed.isMulticastAddress()
          // Of the wire they are on: in clouds, where machines fetch their secrets.
          && !parsed.isLinkLocalAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of 4 or 16 bytes", e);
    }
  }

  private static boolean hasControls(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }

  /** What a workload says in words, to be shown to people. */
  static String sentence(String text) {
    return printable(text, MAX_SENTENCE);
  }

  /** For a log: no second line, and not all of what is too long. */
  private static String printable(String text) {
    return printable(text, MAX_SHOWN);
  }

  private static String printable(String text, int most) {
    String head = text.length() > most ? text.substring(0, most) + "…" : text;
    return head.replaceAll("\\p{Cntrl}", "?");
  }
}
