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

  record All(List<Condition> conditions) implements Condition {
    public All {
      conditions = List.copyOf(conditions);
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
   */
  record Header(String name, StringMatch value) implements Condition {
    @Override
    public boolean matches(
        Request request, @Nullable String caller, @Nullable String remoteAddress) {
      return value.matches(
          switch (name) {
            case ":method" -> request.method();
            case ":authority" -> request.authority();
            case ":path" -> request.path();
            default -> request.header(name);
          });
    }
  }
}
