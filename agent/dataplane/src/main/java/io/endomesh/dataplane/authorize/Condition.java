package io.endomesh.dataplane.authorize;

import io.endomesh.dataplane.Request;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.StringMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A test of who calls what (Envoy RBAC {@code Principal} and {@code Permission}). Immutable. */
public sealed interface Condition {

  Condition ANY = new All(List.of());

  boolean matches(Request request, @Nullable String caller, @Nullable String remoteAddress);

  /**
   * The same test, made safe against headers that are there several times, where a policy and the
   * application may not mean the same one of them.
   *
   * @param suspicious true where a match refuses: one of the values suffices. False where it
   *     permits: all values must match, as one text (Envoy)
   */
  default Condition ofSeveral(boolean suspicious) {
    return this;
  }

  record All(List<Condition> conditions) implements Condition {
    public All {
      conditions = List.copyOf(conditions);
    }

    @Override
    public Condition ofSeveral(boolean suspicious) {
      return new All(conditions.stream().map(c -> c.ofSeveral(suspicious)).toList());
    }

    @Override
    public boolean matches(
        Request request, @Nullable String caller, @Nullable String remoteAddress) {
      for (int i = 0; i < conditions.size(); i++) {
        if (!conditions.get(i).matches(request, caller, remoteAddress)) {
          return false;
        }
      }
      return true;
    }
  }

  record AnyOf(List<Condition> conditions) implements Condition {
    public AnyOf {
      conditions = List.copyOf(conditions);
    }

    @Override
    public Condition ofSeveral(boolean suspicious) {
      return new AnyOf(conditions.stream().map(c -> c.ofSeveral(suspicious)).toList());
    }

    @Override
    public boolean matches(
        Request request, @Nullable String caller, @Nullable String remoteAddress) {
      for (int i = 0; i < conditions.size(); i++) {
        if (conditions.get(i).matches(request, caller, remoteAddress)) {
          return true;
        }
      }
      return false;
    }
  }

  record Not(Condition condition) implements Condition {
    @Override
    public Condition ofSeveral(boolean suspicious) {
      return new Not(condition.ofSeveral(!suspicious));
    }

    @Override
    public boolean matches(
        Request request, @Nullable String caller, @Nullable String remoteAddress) {
      return !condition.matches(request, caller, remoteAddress);
    }
  }

  /** The proven identity of the caller; a caller without one never matches. */
  record Caller(StringMatch identity) implements Condition {
    @Override
    public boolean matches(
        Request request, @Nullable String caller, @Nullable String remoteAddress) {
      return caller != null && identity.matches(caller);
    }
  }

  /** The address that the connection came from. */
  record Address(AddressRange range) implements Condition {
    @Override
    public boolean matches(
        Request request, @Nullable String caller, @Nullable String remoteAddress) {
      return range.contains(remoteAddress);
    }
  }

  /**
   * The address that the call came from before proxies took it, as far as they may be believed.
   *
   * @param hops how many proxies stand before this server that append to X-Forwarded-For who called
   *     them. The address is the one that the outermost of them wrote; what stands before that the
   *     caller may have invented. Where nothing is believed, or so many did not write, it is the
   *     address that the connection came from (Envoy {@code xff_num_trusted_hops})
   */
  record Origin(AddressRange range, int hops) implements Condition {
    @Override
    public boolean matches(
        Request request, @Nullable String caller, @Nullable String remoteAddress) {
      String forwarded = hops == 0 ? null : request.header("x-forwarded-for");
      String origin = forwarded == null ? null : fromRight(forwarded, hops);
      return range.contains(
          origin == null || !AddressRange.isAddress(origin) ? remoteAddress : origin);
    }

    /** Null if there are not so many. */
    private static @Nullable String fromRight(String forwarded, int hops) {
      int end = forwarded.length();
      for (int hop = 1; ; hop++) {
        int comma = forwarded.lastIndexOf(',', end - 1);
        if (hop == hops) {
          return forwarded.substring(comma + 1, end).trim();
        }
        if (comma < 0) {
          return null;
        }
        end = comma;
      }
    }
  }

  /**
   * A claim of the token that was verified; without one it never matches.
   *
   * @param path names of members, from the outside in
   */
  record Claim(List<String> path, StringMatch value) implements Condition {
    public Claim {
      path = List.copyOf(path);
    }

    @Override
    public boolean matches(
        Request request, @Nullable String caller, @Nullable String remoteAddress) {
      return request.claims().matches(path, value);
    }
  }

  /** Issuer and subject of the token that was verified, {@code ISSUER/SUBJECT}. */
  record RequestPrincipal(StringMatch value) implements Condition {
    @Override
    public boolean matches(
        Request request, @Nullable String caller, @Nullable String remoteAddress) {
      String principal = request.claims().principal();
      return principal != null && value.matches(principal);
    }
  }

  record Path(PathMatch path) implements Condition {
    @Override
    public boolean matches(
        Request request, @Nullable String caller, @Nullable String remoteAddress) {
      return path.matches(request.path());
    }
  }

  /**
   * A header; {@code :method} and {@code :authority} are read from the request itself.
   *
   * @param name in lower case
   * @param each true if one of several values suffices
   */
  record Header(String name, StringMatch value, boolean each) implements Condition {

    public Header(String name, StringMatch value) {
      this(name, value, false);
    }

    @Override
    public Condition ofSeveral(boolean suspicious) {
      if (name.startsWith(":")) {
        return this;
      }
      return value instanceof StringMatch.Not not
          ? new Not(new Header(name, not.match(), !suspicious))
          : new Header(name, value, suspicious);
    }

    @Override
    public boolean matches(
        Request request, @Nullable String caller, @Nullable String remoteAddress) {
      String text =
          switch (name) {
            case ":method" -> request.method();
            case ":authority" -> request.authority();
            case ":path" -> request.path();
            default -> request.header(name);
          };
      return value.matches(text)
          || (each && text != null && text.indexOf(',') >= 0 && matchesOneOf(text));
    }

    /** A value that holds commas itself is taken apart as well, which errs on the safe side. */
    private boolean matchesOneOf(String text) {
      for (int start = 0; ; ) {
        int comma = text.indexOf(',', start);
        String one = comma < 0 ? text.substring(start) : text.substring(start, comma);
        if (value.matches(one.trim())) {
          return true;
        }
        if (comma < 0) {
          return false;
        }
        start = comma + 1;
      }
    }
  }
}
