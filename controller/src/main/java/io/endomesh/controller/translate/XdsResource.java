package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * One xDS resource, ready to be sent. Immutable.
 *
 * @param version of its content: equal content has an equal version, in every run of the
 *     controller, so that an agent that comes back is sent only what really changed
 * @param endpoints in it, or -1 if it is no ClusterLoadAssignment
 */
public record XdsResource(String name, String version, Any body, int endpoints) {

  /** 64 bits: enough to tell the versions of one resource from each other. */
  private static final int VERSION_BYTES = 8;

  static XdsResource of(String name, Message message, int endpoints) {
    Any body = Any.pack(message);
    byte[] digest = sha256().digest(body.getValue().toByteArray());
    return new XdsResource(
        name, HexFormat.of().formatHex(digest, 0, VERSION_BYTES), body, endpoints);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
