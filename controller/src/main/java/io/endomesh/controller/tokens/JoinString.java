package io.endomesh.controller.tokens;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;

/**
 * Everything a workload needs to join, in one string: where the controller is, the token, and which
 * root to expect there. Immutable.
 *
 * @param trustDomain of the identities that are issued there
 */
public record JoinString(
    String controller, String token, String caFingerprint, String trustDomain) {

  /** Names the format, so that a later one can be told from it. */
  private static final String PREFIX = "em1.";

  /** In front of the path of a file that holds the token, read whenever it is shown. */
  public static final String FILE = "file:";

  /** In place of a token: the workload has its identity from the SPIFFE Workload API. */
  public static final String WORKLOAD_API = "spiffe-workload-api";

  private static final ObjectMapper JSON = new ObjectMapper();

  public String encoded() {
    ObjectNode content =
        JSON.createObjectNode()
            .put("controller", controller)
            .put("token", token)
            .put("ca", caFingerprint)
            .put("trustDomain", trustDomain);
    return PREFIX
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(content.toString().getBytes(UTF_8));
  }

  /** Without the token, which must not come into a log. */
  @Override
  public String toString() {
    return "JoinString[controller=" + controller + ", caFingerprint=" + caFingerprint + "]";
  }
}
