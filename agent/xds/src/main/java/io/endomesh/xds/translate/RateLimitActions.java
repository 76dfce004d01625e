package io.endomesh.xds.translate;

import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.limit.LimitKey;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The actions of one {@code rate_limits} entry: constants, tests of headers, and at most one value
 * of the request's own, which is the key. Immutable.
 *
 * @param name the last constant; it tells limits of one policy apart
 * @param entries the description of a request that has the key
 * @param withoutKey the description of one that has not
 */
record RateLimitActions(
    String name, Condition match, LimitKey key, List<Entry> entries, List<Entry> withoutKey) {

  private static final String EXPRESSION =
      "envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor";

  /** Envoy's attribute of the SPIFFE id that the caller proved; the one expression understood. */
  private static final String CALLER = "connection.uri_san_peer_certificate";

  RateLimitActions {
    entries = List.copyOf(entries);
    withoutKey = List.copyOf(withoutKey);
  }

  static RateLimitActions read(String field, RateLimit message) throws InvalidResource {
    Messages.unsupported(field + ".hits_addend", message.hasHitsAddend());
    Messages.unsupported(field + ".apply_on_stream_done", message.getApplyOnStreamDone());
    String name = "";
    List<Condition> match = new ArrayList<>();
    LimitKey key = new LimitKey.None();
    List<Entry> entries = new ArrayList<>();
    List<Entry> withoutKey = new ArrayList<>();
    for (int i = 0; i < message.getActionsCount(); i++) {
      String where = field + ".actions[" + i + "]";
      Action action = message.getActions(i);
      Entry constant = null;
      switch (action.getActionSpecifierCase()) {
        case GENERIC_KEY -> {
          Action.GenericKey generic = action.getGenericKey();
          name = generic.getDescriptorValue();
          constant = entry(generic.getDescriptorKey(), "generic_key", name);
        }
        case HEADER_VALUE_MATCH -> {
          Action.HeaderValueMatch headers = action.getHeaderValueMatch();
          match.add(match(where + ".header_value_match", headers));
          constant =
              entry(headers.getDescriptorKey(), "header_match", headers.getDescriptorValue());
        }
        default -> {
          if (!(key instanceof LimitKey.None)) {
            throw new InvalidResource(where + ": a second key (expected: at most one)");
          }
        }
      }
      if (constant == null) {
        Keyed keyed = keyed(where, action);
        key = keyed.key();
        entries.add(keyed.entry());
      } else {
        entries.add(constant);
        withoutKey.add(constant);
      }
    }
    return new RateLimitActions(name, new Condition.All(match), key, entries, withoutKey);
  }

  private static Entry entry(String key, String otherwise, String value) {
    return Entry.newBuilder().setKey(key.isEmpty() ? otherwise : key).setValue(value).build();
  }

  private record Keyed(LimitKey key, Entry entry) {}

  private static Keyed keyed(String field, Action action) throws InvalidResource {
    return switch (action.getActionSpecifierCase()) {
      case REQUEST_HEADERS -> {
        Action.RequestHeaders header = action.getRequestHeaders();
        if (!header.getSkipIfAbsent()) {
          throw new InvalidResource(
              field + ".request_headers.skip_if_absent: false (expected: true)");
        }
        yield new Keyed(
            new LimitKey.Header(header.getHeaderName().toLowerCase(Locale.ROOT)),
            entry(header.getDescriptorKey(), "", ""));
      }
      case EXTENSION -> caller(field + ".extension", action.getExtension());
      default ->
          throw new InvalidResource(
              field
                  + ": "
                  + action.getActionSpecifierCase()
                  + " (expected: generic_key, header_value_match, request_headers or extension)");
    };
  }

  private static Keyed caller(String field, TypedExtensionConfig extension) throws InvalidResource {
    Descriptor expression =
        Messages.unpack(field, extension.getTypedConfig(), EXPRESSION, Descriptor.parser());
    if (!expression.getText().equals(CALLER)) {
      throw new InvalidResource(
          field + ".text: '" + expression.getText() + "' (expected: " + CALLER + ")");
    }
    if (!expression.getSkipIfError()) {
      throw new InvalidResource(field + ".skip_if_error: false (expected: true)");
    }
    return new Keyed(new LimitKey.Caller(), entry(expression.getDescriptorKey(), "", ""));
  }

  private static Condition match(String field, Action.HeaderValueMatch message)
      throws InvalidResource {
    List<Condition> headers = new ArrayList<>();
    for (HeaderMatcher header : message.getHeadersList()) {
      headers.add(
          header.getName().equals(":path")
              ? PathOfHeader.translate(field + ".headers[:path]", header)
              : new Condition.Header(
                  header.getName().toLowerCase(Locale.ROOT),
                  Strings.match(field + ".headers", header)));
    }
    Condition all = new Condition.All(headers);
    boolean inverted = message.hasExpectMatch() && !message.getExpectMatch().getValue();
    return inverted ? new Condition.Not(all) : all;
  }
}
