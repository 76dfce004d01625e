package io.endomesh.xds.remote;

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
import java.util.concurrent.TimeUnit;

/** Questions and answers as {@code envoy.service.ratelimit.v3.RateLimitService} has them. */
final class LimitMessages {

  static final String SHOULD_RATE_LIMIT =
      "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

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
      String name = FieldText.name(header);
      String value = FieldText.value(header);
      if (FieldText.isOthersToChange(name) && FieldText.isValue(value)) {
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
