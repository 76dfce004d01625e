package io.endomesh.controller.limit;

import com.google.protobuf.util.Durations;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.controller.CallerIdentity;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.controller.limit.LimitCounts.Domain;
import io.endomesh.controller.limit.LimitCounts.Found;
import io.endomesh.dataplane.limit.Rate;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.RateLimit.Unit;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Envoy's rate limit service, for agents and for Envoy itself. The domain is the name of a policy;
 * a request that is over one of its limits is counted by none of them. What no limit counts is let
 * through. Thread-safe, does not block.
 */
final class RateLimitService extends RateLimitServiceGrpc.RateLimitServiceImplBase {

  private static final Map<Long, Unit> UNITS =
      Map.of(
          Duration.ofSeconds(1).toNanos(), Unit.SECOND,
          Duration.ofMinutes(1).toNanos(), Unit.MINUTE,
          Duration.ofHours(1).toNanos(), Unit.HOUR,
          Duration.ofDays(1).toNanos(), Unit.DAY,
          Duration.ofDays(7).toNanos(), Unit.WEEK);

  private final LimitCounts counts;
  private final String trustDomain;

  RateLimitService(LimitCounts counts, String trustDomain) {
    this.counts = counts;
    this.trustDomain = trustDomain;
  }

  /** One description with what it leads to. */
  private record Asked(@Nullable Found found, long calls) {}

  @Override
  public void shouldRateLimit(
      RateLimitRequest request, StreamObserver<RateLimitResponse> responses) {
    try {
      WorkloadIdentity caller =
          CallerIdentity.provedOrLocal(ServiceRequestContext.current(), trustDomain);
      responses.onNext(answer(request, caller));
      responses.onCompleted();
    } catch (StatusRuntimeException refused) {
      responses.onError(refused);
    }
  }

  private RateLimitResponse answer(RateLimitRequest request, @Nullable WorkloadIdentity caller) {
    if (request.getDomain().isEmpty()) {
      throw invalid("domain: absent (expected: RateLimitPolicy/NAMESPACE/NAME)");
    }
    if (request.getDescriptorsCount() == 0) {
      throw invalid("descriptors: none (expected: at least one)");
    }
    Domain domain = counts.domain(request.getDomain());
    if (domain != null && caller != null && !caller.namespace().equals(domain.namespace())) {
      throw Status.PERMISSION_DENIED
          .withDescription(
              "domain: "
                  + request.getDomain()
                  + " (expected: of namespace "
                  + caller.namespace()
                  + ", which the certificate names)")
          .asRuntimeException();
    }
    List<Asked> asked = new ArrayList<>();
    for (RateLimitDescriptor descriptor : request.getDescriptorsList()) {
      Found found = domain == null ? null : domain.find(descriptor.getEntriesList());
      asked.add(new Asked(found, calls(request, descriptor)));
    }
    return count(asked);
  }

  /** Unset is 1, as the protocol has it. */
  private static long calls(RateLimitRequest request, RateLimitDescriptor descriptor) {
    long calls =
        descriptor.hasHitsAddend()
            ? descriptor.getHitsAddend().getValue()
            : Math.max(1, Integer.toUnsignedLong(request.getHitsAddend()));
    if (calls < 0) {
      throw invalid("hits_addend: " + Long.toUnsignedString(calls) + " (expected: below 2^63)");
    }
    return calls;
  }

  private RateLimitResponse count(List<Asked> asked) {
    long now = counts.now();
    RateLimitResponse.Builder response = RateLimitResponse.newBuilder();
    List<Asked> taken = new ArrayList<>();
    boolean over = false;
    for (Asked each : asked) {
      Found found = each.found();
      if (found == null) {
        response.addStatuses(DescriptorStatus.newBuilder().setCode(Code.OK));
        continue;
      }
      long wait = found.counted().buckets().take(found.key(), each.calls(), now);
      over |= wait > 0;
      if (wait == 0) {
        taken.add(each);
      }
      response.addStatuses(status(found, wait, now));
    }
    if (over) {
      giveBack(taken, now);
    }
    return response.setOverallCode(over ? Code.OVER_LIMIT : Code.OK).build();
  }

  private static void giveBack(List<Asked> taken, long now) {
    for (Asked each : taken) {
      Found found = each.found();
      if (found != null) {
        found.counted().buckets().giveBack(found.key(), each.calls(), now);
      }
    }
  }

  private static DescriptorStatus status(Found found, long wait, long now) {
    Rate rate = found.counted().limit().rate();
    DescriptorStatus.Builder status =
        DescriptorStatus.newBuilder()
            .setCurrentLimit(
                RateLimitResponse.RateLimit.newBuilder()
                    .setName(found.counted().limit().name())
                    .setRequestsPerUnit(rate.requests())
                    // Any time is possible here; a unit is said if it is one.
                    .setUnit(UNITS.getOrDefault(rate.perNanos(), Unit.UNKNOWN)));
    if (wait > 0) {
      // When a call is let through again: evenly, long before everything is forgotten.
      return status
          .setCode(Code.OVER_LIMIT)
          .setDurationUntilReset(Durations.fromNanos(wait))
          .build();
    }
    return status
        .setCode(Code.OK)
        .setLimitRemaining(found.counted().buckets().left(found.key(), now))
        .setDurationUntilReset(
            Durations.fromNanos(found.counted().buckets().untilWhole(found.key(), now)))
        .build();
  }

  private static StatusRuntimeException invalid(String message) {
    return Status.INVALID_ARGUMENT.withDescription(message).asRuntimeException();
  }
}
