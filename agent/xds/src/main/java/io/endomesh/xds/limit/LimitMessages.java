package io.endomesh.xds.limit;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.limit.Descriptor;
import io.endomesh.dataplane.limit.LimitServer;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Questions and answers as {@code envoy.service.ratelimit.v3.RateLimitService} has them. */
final class LimitMessages {

  static final String SHOULD_RATE_LIMIT =
      "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

  /** A field name (RFC 9110, 5.1); that of a pseudo-header is none. */
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]{1,256}");

  /** What a field value may hold (RFC 9110, 5.5), so that it ends no line. */
  private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]{0,4096}");

  /** They belong to whoever writes the response: how long it is, and to the connection. */
  private static final Set<String> NOT_TO_ADD =
      Set.of(
          "connection",
          "content-length",
          "host",
          "keep-alive",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          Reply.DECIDED_BY_HEADER);

  private LimitMessages() {}

  /** {@code hits_addend} is left out, which is 1. */
  static byte[] request(LimitServer.Question question) {
    RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain(question.domain());
    for (Descriptor descriptor : question.descriptors()) {
      RateLimitDescriptor.Builder described = RateLimitDescriptor.newBuilder();
      for (Descriptor.Entry entry : descriptor.entries()) {
        described.addEntries(
            RateLimitDescriptor.Entry.newBuilder().setKey(entry.key()).setValue(entry.value()));
      }
      request.addDescriptors(described);
    }
    return request.build().toByteArray();
  }

  static LimitServer.Answer answer(byte[] message) throws InvalidProtocolBufferException {
    RateLimitResponse response = RateLimitResponse.parseFrom(message);
    List<LimitServer.Status> statuses = new ArrayList<>(response.getStatusesCount());
    for (DescriptorStatus status : response.getStatusesList()) {
      statuses.add(
          new LimitServer.Status(
              status.getCode() == Code.OVER_LIMIT,
              // Beyond what an int holds nobody needs to be told.
              Math.max(0, status.getCurrentLimit().getRequestsPerUnit()),
              nanos(status.getDurationUntilReset())));
    }
    boolean over = response.getOverallCode() == Code.OVER_LIMIT;
    return new LimitServer.Answer(over, statuses, over ? headers(response) : List.of());
  }

  /** Those that can stand in a response. */
  private static List<Reply.Header> headers(RateLimitResponse response) {
    List<Reply.Header> headers = new ArrayList<>();
    for (HeaderValue header : response.getResponseHeadersToAddList()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      String value =
          header.getRawValue().isEmpty() ? header.getValue() : header.getRawValue().toStringUtf8();
      if (NAME.matcher(name).matches()
          && VALUE.matcher(value).matches()
          && !NOT_TO_ADD.contains(name)
          && !name.startsWith("grpc-")) {
        headers.add(new Reply.Header(name, value));
      }
    }
    return headers;
  }

  /** Saturates; what is negative is not said. */
  private static long nanos(Duration duration) {
    long seconds = TimeUnit.SECONDS.toNanos(duration.getSeconds());
    boolean said = duration.getSeconds() >= 0 && duration.getNanos() >= 0;
    return said ? Math.max(seconds, seconds + duration.getNanos()) : 0;
  }
}
