package io.endomesh.xds.remote;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.external.CheckServer;
import io.endomesh.dataplane.external.CheckServer.Change;
import io.endomesh.dataplane.external.CheckServer.Change.How;
import io.endomesh.dataplane.external.CheckServer.Verdict;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Questions and answers as {@code envoy.service.auth.v3.Authorization} has them. Questions are
 * written field by field: their classes would be 28 KB of the agent.
 */
final class CheckMessages {

  static final String CHECK = "/envoy.service.auth.v3.Authorization/Check";

  /** A page for the caller; a longer one is left out. */
  private static final int MAX_BODY = 65_536;

  private static final int FORBIDDEN = 403;

  /** RFC 9110, 15.3.5, 15.3.6, 15.4.5: they have no body. */
  private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205, 304);

  private static final int MILLIS = 1_000;
  private static final int NANOS_OF_MILLI = 1_000_000;

  private CheckMessages() {}

  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** {@code CheckRequest}. */
  static byte[] request(CheckServer.Question question) {
    byte[] attributes =
        message(
            out -> {
              out.writeByteArray(1, peer(question.sourceAddress(), 0, question.caller()));
              out.writeByteArray(2, peer("", question.localPort(), question.own()));
              out.writeByteArray(4, message(request -> times(request, question)));
            });
    return message(out -> out.writeByteArray(1, attributes));
  }

  /** {@code AttributeContext.Peer}. */
  private static byte[] peer(@Nullable String address, int port, @Nullable String principal) {
    byte[] socket =
        message(
            out -> {
              out.writeString(2, address == null ? "" : address);
              out.writeUInt32(3, port);
            });
    return message(
        out -> {
          out.writeByteArray(1, message(of -> of.writeByteArray(1, socket)));
          if (principal != null) {
            out.writeString(4, principal);
          }
        });
  }

  /** {@code AttributeContext.Request}. */
  private static void times(CodedOutputStream out, CheckServer.Question question)
      throws IOException {
    out.writeByteArray(
        1,
        message(
            time -> {
              time.writeInt64(1, question.epochMillis() / MILLIS);
              time.writeInt32(2, (int) (question.epochMillis() % MILLIS) * NANOS_OF_MILLI);
            }));
    out.writeByteArray(2, message(http -> http(http, question)));
  }

  /** {@code AttributeContext.HttpRequest}. */
  private static void http(CodedOutputStream out, CheckServer.Question question)
      throws IOException {
    out.writeString(1, question.id());
    out.writeString(2, question.method());
    for (Map.Entry<String, String> header : question.headers().entrySet()) {
      out.writeByteArray(
          3,
          message(
              entry -> {
                entry.writeString(1, header.getKey());
                entry.writeString(2, header.getValue());
              }));
    }
    out.writeString(4, question.path());
    out.writeString(5, question.host());
    out.writeString(6, question.scheme());
    out.writeInt64(9, size(question));
    out.writeString(10, question.protocol());
  }

  /** -1 if it is not known. */
  private static long size(CheckServer.Question question) {
    String length = question.headers().get("content-length");
    return length != null && length.matches("[0-9]{1,18}") ? Long.parseLong(length) : -1;
  }

  static Verdict verdict(byte[] message) throws InvalidProtocolBufferException {
    CheckResponse response = CheckResponse.parseFrom(message);
    // 0 is OK of google.rpc.Code; an answer without a status says so, too.
    return response.getStatus().getCode() == 0
        ? allowed(response.getOkResponse())
        : denied(response.getDeniedResponse());
  }

  private static Verdict denied(DeniedHttpResponse denied) {
    int said = denied.getStatus().getCodeValue();
    int status = said >= 200 && said < 600 ? said : FORBIDDEN;
    boolean hasBody = !WITHOUT_BODY.contains(status) && denied.getBody().length() <= MAX_BODY;
    return new Verdict.Denied(
        status, headers(denied.getHeadersList()), hasBody ? denied.getBody() : "");
  }

  /** Those that can stand in a response. */
  private static List<Reply.Header> headers(List<HeaderValueOption> options) {
    List<Reply.Header> headers = new ArrayList<>(options.size());
    for (HeaderValueOption option : options) {
      String name = FieldText.name(option.getHeader());
      String value = FieldText.value(option.getHeader());
      if (FieldText.isOthersToChange(name) && FieldText.isValue(value)) {
        headers.add(new Reply.Header(name, value));
      }
    }
    return headers;
  }

  /**
   * All or nothing: an application that believes a header must not get the caller's own, because
   * the one to replace it cannot be written.
   */
  private static Verdict allowed(OkHttpResponse ok) {
    if (ok.getQueryParametersToSetCount() > 0 || ok.getQueryParametersToRemoveCount() > 0) {
      return new Verdict.Unusable("query parameters cannot be changed");
    }
    List<String> remove = new ArrayList<>();
    for (String written : ok.getHeadersToRemoveList()) {
      String name = written.toLowerCase(Locale.ROOT);
      if (!FieldText.isOthersToChange(name)) {
        return unusable("headers_to_remove", name);
      }
      remove.add(name);
    }
    List<Change> set = new ArrayList<>();
    for (HeaderValueOption option : ok.getHeadersList()) {
      String name = FieldText.name(option.getHeader());
      String value = FieldText.value(option.getHeader());
      if (!FieldText.isOthersToChange(name)) {
        return unusable("headers", name);
      }
      if (!FieldText.isValue(value)) {
        return new Verdict.Unusable("headers: the value of " + name + " is none of a header");
      }
      set.add(new Change(how(option), name, value));
    }
    return new Verdict.Allowed(remove, set, headers(ok.getResponseHeadersToAddList()));
  }

  private static Verdict unusable(String field, String name) {
    String printable = name.replaceAll("[^!-~]", "?");
    return new Verdict.Unusable(
        field
            + ": "
            + printable.substring(0, Math.min(printable.length(), 64))
            + " (expected: a header that is neither the connection's nor the mesh's)");
  }

  /** The first action is the default of the message, and not of this one, which sets. */
  @SuppressWarnings("deprecation") // What servers send.
  private static How how(HeaderValueOption option) {
    if (option.hasAppend()) {
      return option.getAppend().getValue() ? How.APPEND : How.SET;
    }
    if (option.getAppendAction() == HeaderAppendAction.ADD_IF_ABSENT) {
      return How.ADD_IF_ABSENT;
    }
    return option.getAppendAction() == HeaderAppendAction.OVERWRITE_IF_EXISTS
        ? How.SET_IF_THERE
        : How.SET;
  }
}
